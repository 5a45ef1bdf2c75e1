// A flow names the rules that admitted it, at each end that is a pod of this node, and by which policy.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { openBench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, GENERATION, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { givenWith, type Given } from '../support/bpf/given.ts';
import { ANY_PEER, allow, podWith, together } from '../support/bpf/policy-given.ts';
import { eth } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';

createDevices();

/** The pod may ask by one rule, and its sibling be asked by another. */
function admitting(asks: number, isAsked: number, generation: number): Partial<Given> {
  return together(
    podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [allow(asks)] } }),
    podWith({ podId: POD_ID.sibling, ingress: { [ANY_PEER]: [allow(isAsked)] } }),
    { control: { generation } },
  );
}

for (const view of FAMILIES)
  t.test(`${view.family}: from its first packet, and again after each change of policy`, t => {
    using bench = openBench('pod_tx');
    const rules = (): unknown[] =>
      [...(bench.maps.get('hd_ct_unassured')?.entries() ?? [])].map(
        ([, { sourceRule, destinationRule, sourceGeneration, destinationGeneration }]) => [
          ...[sourceRule, destinationRule],
          ...[sourceGeneration, destinationGeneration],
        ],
      );
    bench.fill(givenWith(CLUSTER, admitting(11, 12, GENERATION)));
    send('pod');
    t.strictSame(rules(), [[11, 12, GENERATION, GENERATION]], 'the pod is the first end of the key');
    bench.change(givenWith(CLUSTER, admitting(21, 22, GENERATION + 2)));
    send('sibling');
    t.strictSame(rules(), [[21, 22, GENERATION + 2, GENERATION + 2]]);
    t.end();

    function send(who: 'pod' | 'sibling'): void {
      const packet = who === 'pod' ? question(view) : answer(view);
      bench.run(packet.bytes(), { ifindex: DEVICE[who] });
    }
  });

function question(view: View) {
  return fromPod(view, view.sibling).udp(4000, 53, 'q');
}

function answer(view: View) {
  return eth(MAC.sibling, MAC.gateway).ip(view.sibling, view.pod).udp(53, 4000, 'a');
}
