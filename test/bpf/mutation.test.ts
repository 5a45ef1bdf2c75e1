import '../support/bpf/own-netns.ts';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { actionOf } from '../support/bpf/action.ts';
import { openBench, type Outcome } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, IPV4, IPV6, MAC, OVERLAY6_NODE, VNI, type View } from '../support/bpf/cluster.ts';
import { createDevices } from '../support/bpf/devices.ts';
import type { Context, HookName } from '../support/bpf/table.ts';
import { decode } from '../support/packet/decode.ts';
import type { Layer } from '../support/packet/layer.ts';
import { bare, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const RUNS = 1_500;

/** By underlay address, how the addresses begin that the node may send from. */
const POD_CIDRS: Readonly<Partial<Record<string, readonly string[]>>> = {
  [IPV4.overlayNode]: ['10.2.0.', 'fd00:2::', 'fd00:2:0:0:', IPV4.overlayNode, IPV6.overlayNode],
  [OVERLAY6_NODE]: ['10.6.0.', 'fd00:6::', 'fd00:6:0:0:'],
  [IPV4.farOverlayNode]: ['10.4.0.', 'fd00:4::', 'fd00:4:0:0:'],
};

createDevices();

/** An honest packet with a few bytes changed. */
function mutated(honest: readonly Packet[]): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(0xffff), value: fc.nat(0xff) });
  return fc
    .tuple(fc.constantFrom(...honest), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([packet, changes]) => {
      const bytes = packet.bytes();
      for (const { at, value } of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
}

interface Subject {
  readonly hook: HookName;
  readonly context: Context;
  readonly honest: readonly Packet[];
  /** What must hold of a packet that was not dropped. */
  readonly admitted: (packet: readonly Layer[], verdict: string) => boolean;
}

function check(t: Test, { hook, context, honest, admitted }: Subject): void {
  const bench = openBench(hook);
  t.teardown(() => bench[Symbol.dispose]());
  bench.fill(CLUSTER);
  const holds = (sent: Buffer, { counted, action }: Outcome): boolean => {
    const [only] = counted;
    if (counted.length !== 1 || only === undefined || only.packets !== 1) return false;
    const dropped = actionOf(only.verdict) === 'drop';
    return (action === 'drop') === dropped && (dropped || admitted(decode(sent), only.verdict));
  };
  const property = fc.property(mutated(honest), sent => holds(sent, bench.run(sent, context)));
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: RUNS });
  });
}

t.test('whatever a pod makes of its packets, what is not dropped is from its own MAC and address', t => {
  const answered = ['ANSWER_ARP', 'ANSWER_ND']; // a link-local source may ask, too
  check(t, {
    hook: 'pod_tx',
    context: { ifindex: DEVICE.pod },
    honest: FAMILIES.flatMap(view => [
      fromPod(view, view.remotePod).udp(4000, 53, 'question'),
      fromPod(view, view.sibling).tcp(4000, 80),
      fromPod(view, view.outside).echo(7),
    ]),
    admitted: ([ethernet, ip], verdict) =>
      ethernet?.name === 'ethernet' &&
      ethernet.fields.source === MAC.pod &&
      (answered.includes(verdict) || [IPV4.pod, IPV6.pod].includes(sourceOf(ip))),
  });
  t.end();
});

t.test('whatever comes by the uplink, what is delivered is from a node, and from that node', t => {
  check(t, {
    hook: 'uplink_rx',
    context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
    honest: FAMILIES.flatMap(tunnelPackets),
    admitted: (layers, verdict) => !verdict.startsWith('REDIRECT_') || isHonest(layers),
  });
  t.end();
});

function tunnelPackets(view: View): Packet[] {
  return [
    outOfTunnel(bare().ip(view.remotePod, view.pod).udp(53, 4000, 'answer')),
    outOfTunnel(bare().ip(view.remotePod, view.host).tcp(4000, 80)),
    outOfTunnel(bare().ip(view.pod6, view.pod).echo(7), { from: OVERLAY6_NODE }),
  ];
}

/** Outer source, VNI and inner source belong together, and it was for us. */
function isHonest(layers: readonly Layer[]): boolean {
  const [outer, inner] = layers.filter(({ name }) => name === 'ipv4' || name === 'ipv6');
  const vxlan = layers.find(layer => layer.name === 'vxlan');
  if (vxlan?.name !== 'vxlan' || vxlan.fields.vni !== VNI) return false;
  const owned = POD_CIDRS[sourceOf(outer)];
  return owned !== undefined && owned.some(start => sourceOf(inner).startsWith(start));
}

function sourceOf(ip: Layer | undefined): string {
  return ip?.name === 'ipv4' || ip?.name === 'ipv6' ? ip.fields.source : 'none';
}
