import { DEVICE, FAMILIES, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fromPod } from './pod.ts';

const TO = ['host', 'own', 'outside', 'overlayNode', 'directNode', 'nobody'] as const;

/** What the host's stack may translate or answer is left to it. */
export const podTxHost: Table = {
  hook: 'pod_tx',
  title: 'a packet to a node or to the outside goes to the host',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(rowsOf),
};

function rowsOf(view: View): Row[] {
  return TO.map(to => ({
    name: `${view.family}: to ${to}`,
    sent: fromPod(view, view[to]).udp(4000, 53, 'q'),
    verdict: 'PASS_HOST',
  }));
}
