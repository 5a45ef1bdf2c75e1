import { DEVICE, FAMILIES, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';

const FILLED_BY_KERNEL = ['ethernet source', 'ethernet destination'];

/** To pods whose node is reached without a tunnel. */
export const podTxDirect: Table = {
  hook: 'pod_tx',
  title: 'a packet to a pod of a node on a direct route goes plain',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(rowsOf),
};

function rowsOf(view: View): Row[] {
  const plain = (destination: string) =>
    eth(MAC.uplink, MAC.directUplink).ip(view.pod, destination, { ttl: 63, dscp: 46, ecn: 2 });
  const sent = (destination: string) => fromPod(view, destination, { dscp: 46, ecn: 2 }).udp(4000, 53, 'q');
  return [
    {
      name: `${view.family}: to a node on the uplink's subnet`,
      sent: sent(view.directPod),
      verdict: 'REDIRECT_DIRECT',
      becomes: plain(view.directPod).udp(4000, 53, 'q'),
      anything: FILLED_BY_KERNEL,
    },
    {
      name: `${view.family}: to a node behind a router`,
      sent: sent(view.farDirectPod),
      verdict: 'REDIRECT_DIRECT',
      becomes: plain(view.farDirectPod).udp(4000, 53, 'q'),
      anything: FILLED_BY_KERNEL,
    },
  ];
}
