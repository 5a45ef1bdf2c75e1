// CHECK: compares the recorded attachment with `prevResult`.
import { type Addr, tryParseAddr } from 'ip';
import type { AttachedInterface, AttachResult, CheckRequest } from './attacher.ts';
import type { CniPrevResult } from './config.ts';

/**
 * One sentence for each difference. Further interfaces, addresses and routes in `expected` belong to other plugins of the
 * chain, unless they are on our interface in the container.
 */
export function differences(
  expected: CniPrevResult,
  attached: AttachResult,
  request: CheckRequest,
): readonly string[] {
  const podIndex = expected.interfaces.findIndex(
    ({ name, sandbox }) => name === request.ifname && sandbox !== undefined && sandbox !== '',
  );
  return [
    ...interfaceDifferences(expected, attached.hostInterface, isOnHost),
    ...interfaceDifferences(expected, attached.podInterface, one => !isOnHost(one)),
    ...sandboxDifferences(expected.interfaces[podIndex], request.sandbox ?? request.netns),
    ...addressDifferences(expected, attached.addresses, podIndex),
  ];
}

type ExpectedInterface = CniPrevResult['interfaces'][number];

function isOnHost({ sandbox }: ExpectedInterface): boolean {
  return sandbox === undefined || sandbox === '';
}

function interfaceDifferences(
  expected: CniPrevResult,
  { name, mac }: AttachedInterface,
  isSide: (one: ExpectedInterface) => boolean,
): string[] {
  const found = expected.interfaces.find(one => one.name === name && isSide(one));
  if (found === undefined) return [`prevResult does not list the interface ${name}`];
  if (found.mac === undefined || found.mac === '' || found.mac.toLowerCase() === mac) return [];
  return [`${name} has the MAC ${mac}, prevResult has ${found.mac}`];
}

function sandboxDifferences(found: ExpectedInterface | undefined, sandbox: string): string[] {
  if (found?.sandbox === undefined || found.sandbox === sandbox) return [];
  return [`CNI_NETNS is ${sandbox}, prevResult has ${found.sandbox}`];
}

function addressDifferences(expected: CniPrevResult, ours: readonly Addr[], podIndex: number): string[] {
  const listed = expected.ips.map(ip => ({ address: canonical(ip.address), interface: ip.interface }));
  const missing = ours.filter(address => !listed.some(ip => ip.address === address));
  const foreign = listed.filter(
    ip => ip.interface === podIndex && !ours.some(address => address === ip.address),
  );
  return [
    ...missing.map(address => `the container has ${address}, which prevResult does not list`),
    ...foreign.map(ip => `prevResult lists ${ip.address}, which the container does not have`),
  ];
}

/** The canonical address of `10.0.0.1/32`; text that is not an address is returned as it is, and equals no address. */
function canonical(text: string): string {
  return tryParseAddr(text.split('/', 1)[0] ?? '') ?? text;
}
