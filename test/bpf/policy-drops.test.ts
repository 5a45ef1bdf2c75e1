// hd_policy_drop: each packet that a rule denied is counted by that rule, and no other packet is.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { openBench, type Bench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, MAC, POD_ID } from '../support/bpf/cluster.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { givenWith, type Given } from '../support/bpf/given.ts';
import { ANY_PEER, IDENTITY, allow, deny, podWith } from '../support/bpf/policy-given.ts';
import { eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';

const CONTEXT = { ifindex: DEVICE.pod };
const ANY_OTHER = 7;
const PORT_54 = 8;

createDevices();

function given(): Given {
  return givenWith(
    CLUSTER,
    podWith({
      podId: POD_ID.pod,
      egress: {
        [ANY_PEER]: [deny(ANY_OTHER)],
        [IDENTITY.remotePod]: [deny(PORT_54, { protocol: 17, port: 54 }), allow(9)],
      },
    }),
  );
}

/** Packets by rule, of all CPUs. */
function drops(bench: Bench): readonly (readonly [number, number])[] {
  const entries = [...bench.object.map('hd_policy_drop').entries()] as [number, bigint | bigint[]][];
  return entries
    .map(([rule, cpus]) => [rule, Number([cpus].flat().reduce((sum, packets) => sum + packets, 0n))] as const)
    .sort(([a], [b]) => a - b);
}

function sent(bench: Bench, packets: readonly Packet[]): readonly (readonly [number, number])[] {
  for (const packet of packets) bench.run(packet.bytes(), CONTEXT);
  return drops(bench);
}

for (const view of FAMILIES) {
  const to = (address: string, port: number): Packet => fromPod(view, address).udp(4000, port, 'question');

  t.test(`${view.family}: drops are counted by the rule that denied them`, t => {
    using bench = openBench('pod_tx');
    bench.fill(given());
    const refused = [to(view.remotePod, 54), to(view.remotePod, 54), to(view.directPod, 53)];
    t.strictSame(sent(bench, [...refused, to(view.remotePod, 53)]), [
      [ANY_OTHER, 1],
      [PORT_54, 2],
    ]);
    t.end();
  });

  t.test(`${view.family}: a drop that no rule has decided is not there`, t => {
    using bench = openBench('pod_tx');
    bench.fill(given());
    const spoofed = eth(MAC.pod, MAC.gateway).ip(view.sibling, view.remotePod).udp(4000, 54, 'question');
    t.strictSame(sent(bench, [spoofed]), []);
    t.end();
  });

  t.test(`${view.family}: without room for its row a drop is in hd_metrics alone`, t => {
    using bench = openBench('pod_tx', {}, ['hd_policy_drop']);
    bench.fill(given());
    t.strictSame(sent(bench, [to(view.remotePod, 54), to(view.directPod, 53), to(view.remotePod, 54)]), [
      [PORT_54, 2],
    ]);
    const { action, counted } = bench.run(to(view.directPod, 53).bytes(), CONTEXT);
    t.equal(action, 'drop');
    t.match(counted, [{ verdict: 'DROP_POLICY_EGRESS' }]);
    t.end();
  });
}
