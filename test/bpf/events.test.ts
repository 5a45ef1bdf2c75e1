// Events in hd_event: none unless enabled, then drops and new flows; events lost because it is full are counted.
import '../support/bpf/own-netns.ts';
import { codecOf, decodeRecords, layoutOf, readObject, RingBuffer, type BpfMap } from 'libbpf-ts';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { openBench, type Bench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { CODECS } from '../support/bpf/codecs.ts';
import { DEVICE, FAMILIES, GENERATION, IPV4, MAC, VNI, POD_ID, type View } from '../support/bpf/cluster.ts';
import { contextBytes } from '../support/bpf/context.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { givenWith, type Given } from '../support/bpf/given.ts';
import { objectPath } from '../support/bpf/object-path.ts';
import { ANY_PEER, IDENTITY, allow, deny, podWith, together } from '../support/bpf/policy-given.ts';
import { fragmentPacket } from '../support/packet/fragment-packet.ts';
import { bare, eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';
import { outOfTunnel } from './tables/tunnel.ts';

type Fields = Readonly<Record<string, unknown>>;

const RULE = 77;
const CONTEXT = { ifindex: DEVICE.pod };
const RING_BYTES = 1 << 20;
/** Of each record in the ring. */
const HEADER_BYTES = 8;

createDevices();
const bench = openBench('pod_tx');
t.teardown(() => bench[Symbol.dispose]());
const withoutForward = openBench('pod_tx', { forward_hook: 0 });
t.teardown(() => withoutForward[Symbol.dispose]());
const codec = codecOf<Fields>(layoutOf(readObject(readFileSync(objectPath('pod_tx'))).btf, 'event'), CODECS);

function told(bench: Bench, act: () => void): readonly Fields[] {
  const events: Fields[] = [];
  using ring = new RingBuffer(bench.object.map('hd_event'), records => {
    events.push(...decodeRecords(records, codec));
  });
  act();
  ring.consume();
  return events;
}

/** One port is refused. */
function listening(...events: string[]): Partial<Given> {
  const rules = [deny(RULE, { protocol: 17, port: 54 }), allow(RULE + 1)];
  const policy = podWith({
    podId: POD_ID.pod,
    egress: { [ANY_PEER]: [deny(1)], [IDENTITY.remotePod]: rules },
  });
  return together(policy, { control: { generation: GENERATION, events } });
}

function send(given: Partial<Given>, packets: readonly Packet[]): readonly Fields[] {
  bench.fill(givenWith(CLUSTER, given));
  return told(bench, () => {
    for (const packet of packets) bench.run(packet.bytes(), CONTEXT);
  });
}

function namesOf(events: readonly Fields[]): readonly string[] {
  const kinds = bench.names.namesOf('event_kind');
  const verdicts = bench.names.namesOf('verdict');
  return events.map(({ kind, verdict }) => `${kinds[Number(kind)]} ${verdicts[Number(verdict)]}`);
}

for (const view of FAMILIES) {
  const admitted = fromPod(view, view.remotePod).udp(4000, 53, 'question');
  const refused = fromPod(view, view.remotePod).udp(4000, 54, 'question');
  const all = [refused, admitted, admitted, refused];

  t.test(`${view.family}: while nobody listens, nothing is told`, t => {
    t.same(send(listening(), all), []);
    t.end();
  });

  t.test(`${view.family}: who asks for drops is told each, and nothing else`, t => {
    const drop = 'EVENT_DROP DROP_POLICY_EGRESS';
    t.same(namesOf(send(listening('EVENT_DROP'), all)), [drop, drop]);
    t.end();
  });

  t.test(`${view.family}: who asks for flows is told the first packet of each`, t => {
    t.same(namesOf(send(listening('EVENT_FLOW'), all)), ['EVENT_FLOW VERDICT_NEXT']);
    t.end();
  });

  t.test(`${view.family}: who asks for both is told both, in order`, t => {
    const names = namesOf(send(listening('EVENT_DROP', 'EVENT_FLOW'), all));
    t.same(names, [
      'EVENT_DROP DROP_POLICY_EGRESS',
      'EVENT_FLOW VERDICT_NEXT',
      'EVENT_DROP DROP_POLICY_EGRESS',
    ]);
    t.end();
  });

  t.test(`${view.family}: a drop says which packet it was, where, and by which rule`, t => {
    const [event] = send(listening('EVENT_DROP'), [refused]);
    t.match(event, {
      ...tupleOf(view, 54),
      hook: bench.names.valueOf('HOOK_POD_TX'),
      rule: RULE,
      length: refused.bytes().length - 14,
    });
    t.end();
  });

  t.test(`${view.family}: a flow says whose it is`, t => {
    const [event] = send(listening('EVENT_FLOW'), [admitted]);
    t.match(event, tupleOf(view, 53));
    t.end();
  });

  t.test(`${view.family}: a flow says which rules admitted it, at either end`, t => {
    const remote = send(listening('EVENT_FLOW'), [admitted]);
    t.match(
      remote,
      [{ egressRule: RULE + 1, ingressRule: 0, rule: 0 }],
      'the other node asks its own policy',
    );
    const ends = together(
      podWith({ podId: POD_ID.pod, ingress: { [ANY_PEER]: [allow(RULE + 3)] } }),
      podWith({ podId: POD_ID.sibling, egress: { [ANY_PEER]: [allow(RULE + 2)] } }),
      { control: { generation: GENERATION, events: ['EVENT_FLOW'] } },
    );
    bench.fill(givenWith(CLUSTER, ends));
    const [event] = told(bench, () => {
      const sent = eth(MAC.sibling, MAC.gateway).ip(view.sibling, view.pod).udp(4001, 54, 'question');
      bench.run(sent.bytes(), { ifindex: DEVICE.sibling });
    });
    t.match(event, { source: view.sibling, egressRule: RULE + 2, ingressRule: RULE + 3 });
    t.end();
  });

  t.test(`${view.family}: also where the second end of its key has opened it`, t => {
    bench.fill(givenWith(CLUSTER, listening('EVENT_FLOW')));
    const [source, destination] = [view.sibling, view.pod];
    const sent = eth(MAC.sibling, MAC.gateway).ip(source, destination).udp(4001, 54, 'question');
    const [event] = told(bench, () => {
      bench.run(sent.bytes(), { ifindex: DEVICE.sibling });
    });
    t.match(event, { source, destination, sourcePort: 4001, destinationPort: 54 });
    t.end();
  });

  t.test(
    `${view.family}: a fragment whose port is unknown is refused by no rule, whatever rules there are`,
    t => {
      const whole = fromPod(view, view.remotePod).udp(4000, 54, 'question'.repeat(20));
      const [, later = whole] = fragmentPacket(whole, 32);
      withoutForward.fill(givenWith(CLUSTER, listening('EVENT_DROP')));
      const events = told(withoutForward, () => {
        withoutForward.run(later.bytes(), CONTEXT);
      });
      t.same(namesOf(events), ['EVENT_DROP DROP_FRAGMENT']);
      t.equal(events[0]?.['rule'], 0);
      t.end();
    },
  );

  t.test(`${view.family}: a drop of no rule names none`, t => {
    const spoofed = fromPod(view, view.multicast).udp(4000, 54, 'question');
    const events = send(listening('EVENT_DROP'), [spoofed]);
    t.same(namesOf(events), ['EVENT_DROP DROP_MULTICAST']);
    t.equal(events[0]?.['rule'], 0);
    t.end();
  });
}

t.test('what XDP drops for every pod is told with the rule', t => {
  using xdp = openBench('uplink_xdp');
  for (const view of FAMILIES) {
    const refusing = { [ANY_PEER]: [deny(RULE, { flags: ['RULE_EVERY_POD'] })] };
    const given = together(podWith({ podId: POD_ID.pod, ingress: refusing }), {
      control: { generation: GENERATION, events: ['EVENT_DROP'] },
    });
    xdp.fill(givenWith(CLUSTER, given));
    const sent = outOfTunnel(bare().ip(view.remotePod, view.pod).udp(4000, 53, 'q'));
    const [event] = told(xdp, () => {
      xdp.run(sent.bytes(), {});
    });
    const at = { hook: xdp.names.valueOf('HOOK_UPLINK_XDP'), sourcePort: 4000, destinationPort: 53 };
    t.match(event, { ...at, rule: RULE, source: view.remotePod, destination: view.pod });
  }
  t.end();
});

t.test("a stranger's tunnel packet that XDP drops is told", t => {
  using xdp = openBench('uplink_xdp');
  xdp.fill(givenWith(CLUSTER, { control: { generation: GENERATION, events: ['EVENT_DROP'] } }));
  const sent = outOfTunnel(bare().ip(IPV4.remotePod, IPV4.pod).udp(4000, 53, 'q'), { from: IPV4.stranger });
  const events = told(xdp, () => {
    xdp.run(sent.bytes(), {});
  });
  t.same(namesOf(events), ['EVENT_DROP DROP_TUNNEL_SOURCE']);
  t.end();
});

/** In the packet's own direction. */
function tupleOf(view: View, port: number): object {
  return {
    ...{ source: view.pod, sourcePort: 4000, destination: view.remotePod, destinationPort: port },
    ...{ protocol: 17, vni: VNI, ifindex: DEVICE.pod },
  };
}

t.test('what finds no room is counted, and what it is about happens all the same', t => {
  bench.fill(givenWith(CLUSTER, listening('EVENT_DROP')));
  const [view] = FAMILIES;
  const bytes = fromPod(view, view.remotePod).udp(4000, 54, 'question').bytes();
  const room = Math.floor(RING_BYTES / (HEADER_BYTES + codec.size));
  const over = 10;
  const context = contextBytes('pod_tx', bytes, CONTEXT);
  const before = lost();
  const events = told(bench, () => {
    bench.object.program('pod_tx').testRun({ data: bytes, context, repeat: room + over });
  });
  t.ok(lost() - before >= over - 1, 'the last ones are lost');
  t.equal(events.length + lost() - before, room + over, 'each is told or counted');
  t.end();
});

t.test('a flood of drops leaves room for flows', t => {
  bench.fill(givenWith(CLUSTER, listening('EVENT_DROP', 'EVENT_FLOW')));
  const [view] = FAMILIES;
  const refused = fromPod(view, view.remotePod).udp(4000, 54, 'question').bytes();
  const admitted = fromPod(view, view.remotePod).udp(4000, 53, 'question').bytes();
  const times = Math.ceil(RING_BYTES / codec.size);
  const before = lost();
  const events = told(bench, () => {
    const context = contextBytes('pod_tx', refused, CONTEXT);
    bench.object.program('pod_tx').testRun({ data: refused, context, repeat: times });
    bench.run(admitted, CONTEXT);
  });
  t.equal(namesOf(events.slice(-1))[0], 'EVENT_FLOW VERDICT_NEXT');
  t.equal(
    events.length - 1,
    Math.ceil((RING_BYTES * 3) / 4 / (HEADER_BYTES + codec.size)),
    'a quarter is kept free',
  );
  t.equal(events.length + lost() - before, times + 1, 'each is told or counted');
  t.end();
});

function lost(): number {
  const map = bench.maps.get('hd_event_lost') as unknown as BpfMap<number, readonly bigint[]>;
  return (map.get(0) ?? []).reduce((sum, count) => sum + Number(count), 0);
}
