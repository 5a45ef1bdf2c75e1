// The ports of a first fragment are its datagram's: an identification that is used again later is another datagram's.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { openBench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, POD_ID } from '../support/bpf/cluster.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { givenWith } from '../support/bpf/given.ts';
import { ANY_PEER, allow, deny, podWith } from '../support/bpf/policy-given.ts';
import { fragmentPacket } from '../support/packet/fragment-packet.ts';
import { IP_PROTOCOL } from '../support/packet/numbers.ts';
import { fromPod } from './tables/pod.ts';

const SECOND_NS = 1_000_000_000n;
/** The kernel waits 30 s for the rest of a datagram. */
const VERDICTS = [
  [25n, 'REDIRECT_OVERLAY'],
  [31n, 'PASS_FRAGMENT'],
] as const;
const GIVEN = podWith({
  podId: POD_ID.pod,
  egress: { [ANY_PEER]: [allow(1, { protocol: IP_PROTOCOL.udp, port: 53 }), deny(2)] },
});

createDevices();
const bench = openBench('pod_tx');
t.teardown(() => bench[Symbol.dispose]());

for (const view of FAMILIES)
  for (const [seconds, verdict] of VERDICTS)
    t.test(`${view.family}: ${seconds} s after its first one, a fragment: ${verdict}`, t => {
      bench.fill(givenWith(CLUSTER, GIVEN));
      const whole = fromPod(view, view.remotePod).udp(4000, 53, 'x'.repeat(40));
      const [first = whole, later = whole] = fragmentPacket(whole, 32);
      const context = { ifindex: DEVICE.pod };
      bench.run(first.bytes(), context);
      const remembered = bench.maps.get('hd_frag');
      for (const [key, ports] of [...(remembered?.entries() ?? [])])
        remembered?.set(key, { ...ports, seenNs: (ports['seenNs'] as bigint) - seconds * SECOND_NS });
      const { counted } = bench.run(later.bytes(), context);
      t.same(
        counted.map(({ verdict }) => verdict),
        [verdict],
      );
      t.end();
    });
