// The packet of heddlectl trace: an event for each stage, and no map changes; with one bit less it is any other packet.
import '../support/bpf/own-netns.ts';
import { codecOf, decodeRecords, RingBuffer } from 'libbpf-ts';
import t from 'tap';
import { EventKind, eventLayout, type Event } from '../../loader/abi/abi.gen.ts';
import { NAMED_CODECS } from '../../loader/abi/codecs.ts';
import { traceStep } from '../../loader/events/trace-report.ts';
import type { MapSet } from '../../loader/abi/map-set.ts';
import { openBench, type Bench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, IPV4, MAC, VNI, POD_ID, VXLAN_PORT, type View } from '../support/bpf/cluster.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { givenWith, type Given } from '../support/bpf/given.ts';
import type { Context, HookName } from '../support/bpf/table.ts';
import { fragmentPacket } from '../support/packet/fragment-packet.ts';
import { bare, eth, type Packet } from '../support/packet/packet.ts';
import { flow } from './tables/flow.ts';
import { fromPod } from './tables/pod.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const NONCE = '0102030405060708090a0b0c0d0e0f10';
const nonce = Buffer.from(NONCE, 'hex');
/** One bit of either half is another. */
const almost = [0, 15].map(bad => Buffer.from(nonce.map((byte, at) => (at === bad ? byte ^ 1 : byte))));
/** What a packet may leave behind. */
const TRACES = ['hd_metrics', 'hd_ct', 'hd_ct_unassured', 'hd_frag'] as const;
const LLDP = 0x88cc;
const DENIED = { egress: 20, ingress: 21 } as const;
const WORDS = { hd_rule: { get: () => undefined } } as unknown as MapSet;

createDevices();

interface Case {
  readonly name: string;
  readonly hook: HookName;
  readonly context: Context;
  readonly packet: (view: View, payload: Buffer) => Packet;
  /** Stages and verdicts, in order. */
  readonly told: readonly string[];
  readonly given?: Partial<Given>;
}

const cases: readonly Case[] = [
  {
    ...{ name: 'a pod to its sibling', hook: 'pod_tx', context: { ifindex: DEVICE.pod } },
    packet: (view, payload) => fromPod(view, view.sibling).udp(4000, 53, payload),
    told: ['conntrack', 'egress VERDICT_NEXT', 'ingress VERDICT_NEXT', 'verdict REDIRECT_POD'],
  },
  {
    ...{ name: 'a flow that policy has admitted already', hook: 'pod_tx', context: { ifindex: DEVICE.pod } },
    packet: (view, payload) => fromPod(view, view.remotePod).udp(4000, 53, payload),
    told: ['conntrack', 'egress VERDICT_NEXT', 'verdict REDIRECT_OVERLAY'],
    given: { conntrack: FAMILIES.map(view => flow([view.pod, 4000], [view.remotePod, 53])) },
  },
  {
    ...{ name: 'a pod that may send nothing', hook: 'pod_tx', context: { ifindex: DEVICE.pod } },
    packet: (view, payload) => fromPod(view, view.remotePod).udp(4000, 53, payload),
    told: ['conntrack', 'egress DROP_POLICY_EGRESS', 'verdict DROP_POLICY_EGRESS'],
    given: denying('egress'),
  },
  {
    ...{ name: 'a spoofed source', hook: 'pod_tx', context: { ifindex: DEVICE.pod } },
    packet: (view, payload) =>
      eth(MAC.pod, MAC.gateway).ip(view.sibling, view.remotePod).udp(4000, 53, payload),
    told: ['verdict DROP_SOURCE_ADDRESS'],
  },
  {
    ...{ name: 'out of a tunnel', hook: 'uplink_rx', context: { ifindex: DEVICE.uplink } },
    packet: (view, payload) => outOfTunnel(bare().ip(view.remotePod, view.pod).udp(4000, 53, payload)),
    told: ['conntrack', 'ingress VERDICT_NEXT', 'verdict REDIRECT_POD'],
  },
  {
    ...{ name: 'through the host, by a pod device that a test run has not', hook: 'forward', context: {} },
    packet: (view, payload) =>
      eth(MAC.gateway, MAC.overlay).ip(view.pod, view.outside).udp(4000, 53, payload),
    told: ['conntrack', 'egress VERDICT_NEXT', 'verdict PASS_UNMANAGED'],
  },
];

function denying(direction: 'egress' | 'ingress'): Partial<Given> {
  const policy = DENIED[direction];
  return {
    pods: [{ podId: POD_ID.pod, [direction]: policy }],
    peers: [{ policy, identity: 0, ruleSet: 9 }],
    rules: [{ ruleSet: 9, action: 'POLICY_DENY', rule: 7 }],
  };
}

for (const { name, hook, context, packet, told, given = {} } of cases)
  t.test(`${hook}: ${name}`, t => {
    using bench = openBench(hook);
    for (const view of FAMILIES) {
      const run = (payload: Buffer): string[] => {
        bench.fill(givenWith(CLUSTER, { ...given, control: { ...CLUSTER.control, nonce: NONCE } }));
        const before = leftBehind(bench);
        const events = eventsOf(bench, () => bench.run(packet(view, payload).bytes(), context));
        if (payload === nonce) t.same(leftBehind(bench), before, `${view.family}: nothing is left`);
        else t.notSame(leftBehind(bench), before, `${view.family}: any other packet is counted`);
        return events.map(stageOf);
      };
      t.strictSame(run(nonce), told, `${view.family}: every stage is told`);
      for (const other of almost)
        t.strictSame(run(other), [], `${view.family}: with one bit less it is told nobody`);
    }
    t.end();
  });

t.test('the nonce behind the inner packet of a tunnel traces nothing', t => {
  using bench = openBench('uplink_rx');
  for (const view of FAMILIES) {
    bench.fill(givenWith(CLUSTER, { control: { ...CLUSTER.control, nonce: NONCE } }));
    const before = leftBehind(bench);
    const sent = outOfTunnel(endingBefore(view).udp(4000, 53, Buffer.concat([Buffer.from('q'), nonce])));
    t.strictSame(
      eventsOf(bench, () => bench.run(sent.bytes(), { ifindex: DEVICE.uplink })),
      [],
      `${view.family}: is told nobody`,
    );
    t.notSame(leftBehind(bench), before, `${view.family}: the packet is counted`);
  }
  t.end();
});

t.test('the nonce at the end of a tunnel packet whose inner frame is not IP traces nothing', t => {
  using bench = openBench('uplink_rx');
  bench.fill(givenWith(CLUSTER, { control: { ...CLUSTER.control, nonce: NONCE } }));
  const before = leftBehind(bench);
  const sent = eth(MAC.remoteUplink, MAC.uplink)
    .ip(IPV4.overlayNode, IPV4.own)
    .udp(50_000, VXLAN_PORT, undefined, { checksum: 0 })
    .vxlan(VNI, eth(MAC.remoteOverlay, MAC.overlay, { type: LLDP }).data(nonce));
  t.strictSame(
    eventsOf(bench, () => bench.run(sent.bytes(), { ifindex: DEVICE.uplink })),
    [],
    'is told nobody',
  );
  t.notSame(leftBehind(bench), before, 'the packet is counted');
  t.end();
});

t.test('a first fragment is not remembered', t => {
  using bench = openBench('pod_tx');
  const [view] = FAMILIES;
  for (const end of [nonce, ...almost]) {
    bench.fill(givenWith(CLUSTER, { control: { ...CLUSTER.control, nonce: NONCE } }));
    const whole = fromPod(view, view.sibling).udp(4000, 53, Buffer.concat([end, Buffer.alloc(24)]));
    const [first] = fragmentPacket(whole, 24);
    bench.run(first?.bytes() ?? Buffer.alloc(0), { ifindex: DEVICE.pod });
    t.equal([...(bench.maps.get('hd_frag')?.entries() ?? [])].length, end === nonce ? 0 : 1);
  }
  t.end();
});

t.test('while no trace is under way, 16 zero bytes are no nonce', t => {
  using bench = openBench('pod_tx');
  bench.fill(CLUSTER);
  const [view] = FAMILIES;
  const packet = fromPod(view, view.sibling).udp(4000, 53, Buffer.alloc(16)).bytes();
  const before = leftBehind(bench);
  t.strictSame(
    eventsOf(bench, () => bench.run(packet, { ifindex: DEVICE.pod })),
    [],
  );
  t.notSame(leftBehind(bench), before);
  t.end();
});

/** An IP header whose packet is a UDP header and one byte more. */
function endingBefore({ family, remotePod, pod }: View): Packet {
  return family === 'ipv4'
    ? bare().ipv4(remotePod, pod, { totalLength: 29 })
    : bare().ipv6(remotePod, pod, { payloadLength: 9 });
}

function leftBehind(bench: Bench): string {
  return JSON.stringify(
    TRACES.map(name => [...(bench.maps.get(name)?.entries() ?? [])]),
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );
}

function eventsOf(bench: Bench, act: () => void): Event[] {
  const events: Event[] = [];
  const codec = codecOf<Event>(eventLayout, NAMED_CODECS);
  using ring = new RingBuffer(bench.object.map('hd_event'), records =>
    events.push(...decodeRecords(records, codec)),
  );
  act();
  ring.consume();
  return events;
}

function stageOf(event: Event): string {
  if (event.kind !== EventKind.TRACE) return `kind ${event.kind}`;
  const { stage, verdict } = traceStep(WORDS, event);
  return [stage, verdict].filter(word => word !== undefined).join(' ');
}
