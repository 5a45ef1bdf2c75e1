// DSCP and ECN of a pod's packet stand on the outer header too, and congestion on the way is told to the receiver.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { overlayMac } from '../../../loader/model/derived-macs.ts';
import { macOf } from '../../support/device-mac.ts';
import { frameSender } from '../../support/frame-sender.ts';
import { addressOf, podNamed, testLab, type TestLabOptions } from '../../support/lab.ts';
import { eth } from '../../support/packet/packet.ts';
import { VXLAN_PORT } from '../../support/packet/vxlan.ts';
import { ping } from '../../support/traffic.ts';

/** DSCP: expedited forwarding (RFC 3246). */
const EF = 46;
/** ECN: may be marked; has met congestion (RFC 3168). */
const [ECT0, CE] = [2, 3];
const EF_ECT0 = (EF << 2) | ECT0;
const MARK_FIELD = { ipv4: 'ip.dsfield', ipv6: 'ipv6.tclass' } as const;
type Family = keyof typeof MARK_FIELD;
const SETTLE_MS = 300;

const clusters: readonly (readonly [title: string, options: TestLabOptions, outer: Family])[] = [
  ['over IPv4', {}, 'ipv4'],
  ['over IPv6', { underlayFamilies: 'ipv6' }, 'ipv6'],
];

for (const [title, options, outer] of clusters) {
  t.test(title, async t => {
    const lab = await testLab(t, { ...options, podsPerNode: 1 });
    const [from, to] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
    const fabric = { netns: lab.fabricNetns };
    const sender = await frameSender(t, fabric.netns, 'n2');
    for (const family of ['ipv4', 'ipv6'] as const) {
      const address = addressOf(to, family);
      const onWire = await fieldsDuring(fabric, 'n1', MARK_FIELD[outer], () =>
        ping(from.netns, address, ['-Q', String(EF_ECT0)]),
      );
      t.ok(onWire.includes(EF_ECT0), `${family}: the outer header carries the mark`, { onWire });

      // As if a router on the way had met congestion: it marks the outer header alone.
      const [n1, n2] = ['n1', 'n2'].map(name => nodeNamed(lab, name)) as [NodePlan, NodePlan];
      const congested = eth(await macOf(n1, 'eth0'), await macOf(n2, 'eth0'))
        .ip(addressOf(n1, outer), addressOf(n2, outer), { dscp: EF, ecn: CE })
        .udp(50_000, VXLAN_PORT)
        .vxlan(1, eth(overlayMac('n1'), overlayMac('n2')))
        .ip(addressOf(from, family), address, { dscp: EF, ecn: ECT0 })
        .udp(5000, 7777, 'congested');
      const received = await fieldsDuring(to, 'eth0', MARK_FIELD[family], () =>
        sender.send([congested.bytes()]),
      );
      t.ok(received.includes((EF << 2) | CE), `${family}: congestion is told to the pod`, { received });
    }
  });
}

/** What tshark reads of each packet on a device while something is done. */
async function fieldsDuring(
  party: { readonly netns: string },
  device: string,
  field: string,
  action: () => Promise<unknown>,
): Promise<number[]> {
  const argv = ['tshark', '-l', '-n', '-i', device, '-T', 'fields', '-e', field];
  const child = spawn('nsenter', [`--net=${party.netns}`, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  while (!said.includes('Capturing on')) await once(child.stderr, 'data');
  await sleep(SETTLE_MS);
  await action();
  await sleep(SETTLE_MS);
  child.kill('SIGINT');
  await ended;
  // Fields of an encapsulated packet are given from the outside in, parted by commas.
  return printed
    .trim()
    .split('\n')
    .map(line => Number(line.split(',')[0]));
}
