import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { ANY_PEER, deny, IDENTITY, podWith } from '../../support/bpf/policy-given.ts';
import type { Context, Row, Table } from '../../support/bpf/table.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { admissionRows } from './admission.ts';
import { trackedLine } from './flow.ts';

/** What our own programs write into the packets that they send out of the uplink (bpf/lib/ctx_skb.h). */
export const SENT = { 2: 0x48_65_64_64, 3: 0x6c_65_21_21 } as const;

const FROM_POD: Context = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.pod };
const SILENT = podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } });

/** What leaves the node, and who has sent it. */
export const uplinkTx: Table = {
  hook: 'uplink_tx',
  title: 'what leaves by the uplink has been checked, or is checked here',
  context: FROM_POD,
  rows: FAMILIES.flatMap(view => [...policyRows(view), ...passedRows(view), ...refusedRows(view)]),
};

export const uplinkTxWithoutForward: Table = {
  hook: 'uplink_tx',
  title: 'without the forward hook, pod_tx has checked it',
  context: FROM_POD,
  constants: { forward_hook: 0 },
  rows: FAMILIES.map(view => ({
    ...{
      name: `${view.family}: a pod's packet`,
      given: SILENT,
      sent: leaving(view),
      verdict: 'PASS_UNMANAGED',
    },
    tracked: [],
  })),
};

function leaving(view: View, source = view.pod): Packet {
  return eth(MAC.uplink, MAC.router).ip(source, view.outside, { ttl: 63 }).udp(4000, 53, 'q');
}

/** In VLAN 5, the tag within the frame. */
function tagged(packet: Packet | Buffer): Packet {
  const bytes = Buffer.isBuffer(packet) ? packet : packet.bytes();
  return eth(MAC.uplink, MAC.router, { type: 0x81_00 }).data(
    Buffer.concat([Buffer.from([0, 5]), bytes.subarray(12)]),
  );
}

function policyRows(view: View): Row[] {
  return admissionRows({
    ...{ what: `${view.family} from a pod to the outside`, podId: POD_ID.pod, direction: 'egress' },
    ...{ identity: IDENTITY.outside, verdict: 'PASS_UNMANAGED', sent: leaving(view) },
  });
}

/** Of a pod that may send nothing. */
function passedRows(view: View): Row[] {
  const passes = (name: string, row: Pick<Row, 'sent'> & Partial<Row>): Row => ({
    ...{ name: `${view.family}: ${name}`, given: SILENT, verdict: 'PASS_UNMANAGED', tracked: [] },
    ...row,
  });
  return [
    passes('what this node itself sends, for its pod too (TPROXY)', {
      ...{ sent: leaving(view), context: { ingressIfindex: 0 } },
    }),
    passes('what our own programs send', {
      ...{ sent: leaving(view), context: { cb: SENT }, verdict: 'PASS_VALIDATED_EARLIER' },
    }),
    passes("others' packets", {
      ...{ sent: leaving(view, view.stranger), context: { ingressIfindex: DEVICE.nic2 } },
    }),
    passes("others' packets in a VLAN, where a pod's address is somebody else's", {
      sent: tagged(leaving(view)),
      context: { ingressIfindex: DEVICE.nic2 },
    }),
    passes("unreadable ones of others' there", {
      sent: tagged(leaving(view).bytes().subarray(0, 40)),
      context: { ingressIfindex: DEVICE.nic2 },
    }),
    passes('what the node has wrapped in its own packets', { sent: leaving(view, view.own) }),
    passes('what is not IP', {
      sent: eth(MAC.uplink, MAC.router, { type: 0x88_47 }).data('label and packet'),
    }),
    {
      ...{ name: `${view.family}: a pod's packet that nothing selects`, sent: leaving(view) },
      ...{ verdict: 'PASS_UNMANAGED', tracked: [trackedLine([view.pod, 4000], [view.outside, 53])] },
    },
  ];
}

function refusedRows(view: View): Row[] {
  const refuses = (name: string, row: Partial<Row>): Row => ({
    ...{ name: `${view.family}: refused: ${name}`, given: SILENT, sent: leaving(view) },
    ...{ verdict: 'DROP_POLICY_EGRESS', tracked: [], ...row },
  });
  const [first, second] = [SENT[2], SENT[3]];
  return [
    refuses('half of the mark of our own programs', { context: { cb: { 2: first } } }),
    refuses('its other half', { context: { cb: { 3: second } } }),
    refuses("a pod's packet that came in again by another device", {
      context: { ingressIfindex: DEVICE.nic2 },
    }),
    refuses('one behind a tag that is within the frame', {
      sent: tagged(leaving(view)),
    }),
  ];
}
