// DSCP and ECN of a pod's packet stand on the outer header too, and congestion on the path reaches the receiver.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
import { until } from '../../support/until.ts';

/** DSCP: expedited forwarding (RFC 3246). */
const EF = 46;
/** ECN: may be marked; has met congestion (RFC 3168). */
const [ECT0, CE] = [2, 3];
const EF_ECT0 = (EF << 2) | ECT0;
const MARK_FIELD = { ipv4: 'ip.dsfield', ipv6: 'ipv6.tclass' } as const;
type Family = keyof typeof MARK_FIELD;

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
      const ask = () => ping(from.netns, address, ['-Q', String(EF_ECT0)]);
      const onWire = { ...fabric, device: 'n1', field: MARK_FIELD[outer], value: EF_ECT0 };
      t.ok(await isSeenDuring(onWire, ask), `${family}: the outer header carries the mark`);

      // As if a router on the way had met congestion: it marks the outer header alone.
      const [n1, n2] = ['n1', 'n2'].map(name => nodeNamed(lab, name)) as [NodePlan, NodePlan];
      const congested = eth(await macOf(n1, 'eth0'), await macOf(n2, 'eth0'))
        .ip(addressOf(n1, outer), addressOf(n2, outer), { dscp: EF, ecn: CE })
        .udp(50_000, VXLAN_PORT)
        .vxlan(1, eth(overlayMac('n1'), overlayMac('n2')))
        .ip(addressOf(from, family), address, { dscp: EF, ecn: ECT0 })
        .udp(5000, 7777, 'congested');
      const received = { ...to, device: 'eth0', field: MARK_FIELD[family], value: (EF << 2) | CE };
      const isTold = isSeenDuring(received, () => sender.send([congested.bytes()]));
      t.ok(await isTold, `${family}: congestion is told to the pod`);
    }
  });
}

interface Sight {
  readonly netns: string;
  readonly device: string;
  /** As tshark names it. */
  readonly field: string;
  readonly value: number;
}

/** Does something again and again until tshark has read the value of a packet on the device. */
async function isSeenDuring(sight: Sight, action: () => Promise<unknown>): Promise<boolean> {
  const { netns, device, field, value } = sight;
  const argv = ['tshark', '-l', '-n', '-i', device, '-T', 'fields', '-e', field];
  const child = spawn('nsenter', [`--net=${netns}`, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  while (!said.includes('Capturing on')) await once(child.stderr, 'data');
  // Fields of an encapsulated packet are given from the outside in, parted by commas.
  const isSeen = (): boolean => printed.split('\n').some(line => Number(line.split(',')[0]) === value);
  const seen = await until(async () => {
    if (!isSeen()) await action();
    return isSeen();
  });
  child.kill('SIGINT');
  await ended;
  return seen;
}
