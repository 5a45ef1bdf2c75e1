import { DEVICE, FAMILIES, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { ICMP_TYPE, ICMPV6_TYPE } from '../../support/packet/icmp.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { ETHERNET_BYTES } from '../../support/packet/ethernet.ts';
import { serviceOf } from '../stories/host-stack.ts';
import { fromPod } from './pod.ts';

const PORT = 80;

/** From a pod to a Service that has nothing behind it, or to what a Service has no port for; the rest is in the stories. */
export const podTxService: Table = {
  hook: 'pod_tx',
  title: 'a packet to a Service that nothing serves is refused at once',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [...rejectedRows(view), ...droppedRows(view)]),
};

function withoutBackend(view: View, protocol: number): Partial<Given> {
  return { services: [{ addr: serviceOf(view), port: PORT, protocol, id: 77, ready: [] }] };
}

function toService(view: View): Packet {
  return fromPod(view, serviceOf(view));
}

/** Port unreachable, from the Service to the pod. */
function unreachable(view: View): Packet {
  const error = eth(MAC.gateway, MAC.pod).ip(serviceOf(view), view.pod);
  return view.family === 'ipv4'
    ? error.icmp({ type: ICMP_TYPE.unreachable, code: 3 })
    : error.icmpv6({ type: ICMPV6_TYPE.unreachable, code: 4 });
}

/** Without its Ethernet header and the last `leftOut` bytes. */
function quoted(sent: Packet, leftOut: number): Buffer {
  const bytes = sent.bytes();
  return bytes.subarray(ETHERNET_BYTES, bytes.length - leftOut);
}

function rejectedRows(view: View): Row[] {
  const { tcp, udp, sctp } = IP_PROTOCOL;
  const reject = (name: string, sent: Packet, protocol: number, leftOut: number, port = PORT): Row => ({
    ...{ name: `${view.family}: ${name}`, sent, given: withoutBackend(view, protocol), tracked: [] },
    verdict: port === PORT ? 'ANSWER_SERVICE_EMPTY' : 'ANSWER_SERVICE_PORT',
    becomes: unreachable(view).data(quoted(sent, leftOut)),
  });
  const syn = { flags: 'SYN' };
  const data = 'x'.repeat(100);
  return [
    reject('a connection', toService(view).tcp(4000, PORT, syn), tcp, 0),
    reject('its header is quoted, not what follows', toService(view).tcp(4000, PORT, syn, data), tcp, 100),
    reject('a datagram', toService(view).udp(4000, PORT, data), udp, 100),
    reject('an association', toService(view).sctp(4000, PORT, data), sctp, 100),
    reject('a port that the Service has not', toService(view).tcp(4000, PORT + 1, syn), tcp, 0, PORT + 1),
    reject('or has by another protocol', toService(view).udp(4000, PORT, data), tcp, 100, 0),
  ];
}

function droppedRows(view: View): Row[] {
  const given = withoutBackend(view, IP_PROTOCOL.tcp);
  return [
    {
      ...{ name: `${view.family}: an echo request, which is no port's`, given, tracked: [] },
      ...{ sent: toService(view).echo(7), verdict: 'DROP_SERVICE' },
    },
  ];
}
