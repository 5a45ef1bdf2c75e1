import '../support/bpf/own-netns.ts';
import t from 'tap';
import { openBench, type Bench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, type View } from '../support/bpf/cluster.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { decode } from '../support/packet/decode.ts';
import { fromPod } from './tables/pod.ts';

// Few ports and many flows: each bound of the range is met.
const PORTS = [50_000, 50_001, 50_002, 50_003];
const FLOWS = 200;

createDevices();
const settings = { source_port_min: PORTS[0], source_port_max: PORTS.at(-1) };
const bench = openBench('pod_tx', settings);
t.teardown(() => bench[Symbol.dispose]());
bench.fill(CLUSTER);

function outerPort(from: Bench, view: View, innerPort: number): number | undefined {
  const sent = fromPod(view, view.remotePod).udp(innerPort, 53, 'q').bytes();
  const layers = decode(from.run(sent, { ifindex: DEVICE.pod }).packet);
  const udp = layers.find(layer => layer.name === 'udp');
  return udp?.name === 'udp' ? udp.fields.sourcePort : undefined;
}

for (const view of FAMILIES) {
  t.test(`${view.family}: flows are spread over all source ports that may be used, and no other`, t => {
    const ports = new Set(Array.from({ length: FLOWS }, (_, index) => outerPort(bench, view, 4000 + index)));
    t.same([...ports].sort(), PORTS);
    t.end();
  });

  t.test(`${view.family}: a flow keeps its source port`, t => {
    const ports = new Set(Array.from({ length: 10 }, () => outerPort(bench, view, 4000)));
    t.equal(ports.size, 1);
    t.end();
  });
}
