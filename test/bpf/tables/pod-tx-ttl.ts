import { DEVICE, FAMILIES, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fromPod } from './pod.ts';

const TO = ['sibling', 'remotePod', 'directPod', 'pod6'] as const;

/** The node is a router: what expires here is answered by its stack. */
export const podTxTtl: Table = {
  hook: 'pod_tx',
  title: 'a packet that expires here is left to the host, which answers as a router',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(rowsOf),
};

function rowsOf(view: View): Row[] {
  return TO.flatMap(to =>
    [1, 0].map(ttl => ({
      name: `${view.family}: to ${to} with ${ttl} hops left`,
      sent: fromPod(view, view[to], { ttl }).udp(4000, 33_434, 'traceroute'),
      verdict: 'PASS_TTL',
    })),
  );
}
