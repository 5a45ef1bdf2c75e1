// Pods and nodes that ask each other at every address they have.
import type { Lab } from '../../lab/lab.ts';
import { listAddresses, openSocket } from 'rtnetlink';
import { execIn } from '../../lab/exec.ts';
import type { TestHost } from './lab.ts';
import { PROTOCOLS, type Attempt } from './reach.ts';

/** A node with every global address of its namespace, the overlay device's included. */
export function nodeWithAllAddresses({ name, netns }: Lab['nodes'][number]): TestHost {
  using socket = openSocket({ netns });
  const addresses = listAddresses(socket).filter(({ scope }) => scope === 'global');
  return { name, netns, addresses: addresses.map(({ address }) => address) };
}

/** From one to all addresses of the other, with every protocol, from whatever source the kernel chooses. */
export function toEveryAddress(from: TestHost, to: TestHost): Attempt[] {
  return to.addresses.flatMap(address => PROTOCOLS.map(protocol => ({ from, to: address, protocol })));
}

/** From every address of the one to all addresses of the other of the same family. */
export function fromEveryAddress(from: TestHost, to: TestHost): Attempt[] {
  return from.addresses.flatMap(source =>
    to.addresses
      .filter(address => address.includes(':') === source.includes(':'))
      .flatMap(address => PROTOCOLS.map(protocol => ({ from, to: address, protocol, source }))),
  );
}

/** Sets rp_filter on every device of a namespace (the kernel takes the higher of `all` and the device's). */
export async function setRpFilter(netns: string, value: 0 | 1 | 2): Promise<void> {
  const script = `for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo ${value} > $file; done`;
  const { code, stderr } = await execIn(netns, ['sh', '-c', script]);
  if (code !== 0) throw new Error(`rp_filter in ${netns} cannot be set: ${stderr}`);
}
