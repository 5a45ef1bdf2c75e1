import { DEVICE, IPV6, MAC, POD_ID } from '../../support/bpf/cluster.ts';
import { ANY_PEER, allow, deny, podWith } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';

const AUTHENTICATION = 51;
/** Of 4 bytes: a header with a tag of 12 bytes. */
const AUTHENTICATION_WORDS = 6;

/** Of RFC 8200, and of authentication (RFC 4302). */
export const policyExtensions: Table = {
  hook: 'pod_tx',
  title: 'policy: a port is found behind each kind of extension header',
  context: { ifindex: DEVICE.pod },
  rows: extensionRows(),
};

function extensionRows(): Row[] {
  const udp = IP_PROTOCOL.udp;
  const given = podWith({
    podId: POD_ID.pod,
    egress: { [ANY_PEER]: [allow(1, { protocol: udp, port: 53 }), deny(2)] },
  });
  const names = ['hop-by-hop', 'routing', 'destination-options'] as const;
  const row = (what: string, sent: Packet): Row => ({
    ...{ name: `ipv6: a port behind ${what}`, given, sent, verdict: 'REDIRECT_OVERLAY' },
  });
  const authenticated = eth(MAC.pod, MAC.gateway)
    .ipv6(IPV6.pod, IPV6.remotePod, { nextHeader: AUTHENTICATION })
    .data(
      Buffer.concat([
        Buffer.from([udp, AUTHENTICATION_WORDS - 2]),
        Buffer.alloc(AUTHENTICATION_WORDS * 4 - 2),
      ]),
    )
    .data(bare().udp(4000, 53, 'q', { checksum: 0xffff }).bytes());
  return [
    ...names.map(name => row(name, fromPod(IPV6, IPV6.remotePod).extension(name).udp(4000, 53, 'q'))),
    row('an authentication header', authenticated),
  ];
}
