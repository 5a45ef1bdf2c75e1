import { DEVICE, FAMILIES, UPLINK_MTU, type View } from '../../support/bpf/cluster.ts';
import { OVERLAY_MTU } from '../../support/bpf/cluster-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import type { Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';

/** Sizes at the border, one byte either side. */
export const podTxMtu: Table = {
  hook: 'pod_tx',
  title: 'a packet that does not fit its path is left to the host, which says so',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [
    ...borderRows(view, 'remotePod', OVERLAY_MTU, 'REDIRECT_OVERLAY'),
    ...borderRows(view, 'pod6', UPLINK_MTU - 70, 'REDIRECT_OVERLAY'),
    ...borderRows(view, 'directPod', UPLINK_MTU, 'REDIRECT_DIRECT'),
    ...gsoRows(view),
    ...fragmentRows(view),
  ]),
};

function borderRows(
  view: View,
  to: 'remotePod' | 'pod6' | 'directPod',
  mtu: number,
  fits: string,
): readonly Row[] {
  return [
    {
      name: `${view.family}: ${mtu} bytes fit the way to ${to}`,
      sent: ofSize(view, to, mtu),
      verdict: fits,
    },
    {
      name: `${view.family}: ${mtu + 1} bytes do not fit the way to ${to}`,
      sent: ofSize(view, to, mtu + 1),
      verdict: 'PASS_TOO_BIG',
    },
  ];
}

/** An IP packet of exactly that many bytes. */
function ofSize(view: View, to: 'remotePod' | 'pod6' | 'directPod', bytes: number): Packet {
  const headers = (view.family === 'ipv4' ? 20 : 40) + 20;
  return fromPod(view, view[to]).tcp(4000, 80, { flags: 'ACK' }, Buffer.alloc(bytes - headers, 'x'));
}

/** A super-packet is measured by the segments it becomes. */
function gsoRows(view: View): readonly Row[] {
  const headers = (view.family === 'ipv4' ? 20 : 40) + 20;
  const segmentsOf = (size: number) => ({ gsoSize: size, gsoSegments: 2 });
  const sent = ofSize(view, 'directPod', 2800);
  return [
    {
      name: `${view.family}: a super-packet whose segments fit is not too big`,
      context: segmentsOf(UPLINK_MTU - headers),
      sent,
      verdict: 'REDIRECT_DIRECT',
    },
    {
      name: `${view.family}: a super-packet whose segments do not fit is too big`,
      context: segmentsOf(UPLINK_MTU - headers + 1),
      sent,
      verdict: 'PASS_TOO_BIG',
    },
    {
      name: `${view.family}: a super-packet of UDP is measured with its own header`,
      context: segmentsOf(UPLINK_MTU - headers + 20 - 8 + 1),
      sent: fromPod(view, view.directPod).udp(4000, 53, Buffer.alloc(2_800, 'x')),
      verdict: 'PASS_TOO_BIG',
    },
    {
      name: `${view.family}: a super-packet that BPF cannot encapsulate goes through the kernel's vxlan`,
      context: segmentsOf(1200),
      sent: ofSize(view, 'remotePod', 2500),
      verdict: 'REDIRECT_KERNEL',
    },
  ];
}

/** The host's stack gathers fragments before it forwards them, so one that fits follows a first one that did not. */
function fragmentRows(view: View): readonly Row[] {
  return (['remotePod', 'directPod'] as const).flatMap((to): Row[] => {
    const whole = ofSize(view, to, 2000);
    const [large = whole, rest = whole] = fragmentPacket(whole, 1504);
    const [small = whole, next = whole] = fragmentPacket(whole, 1000);
    const name = `${view.family} to ${to}`;
    const fits = to === 'remotePod' ? 'REDIRECT_OVERLAY' : 'REDIRECT_DIRECT';
    return [
      { name: `${name}: a first fragment that does not fit`, sent: large, verdict: 'PASS_TOO_BIG' },
      {
        name: `${name}: what follows it, although it fits`,
        before: [large],
        sent: rest,
        verdict: 'PASS_TOO_BIG',
      },
      {
        name: `${name}: what follows a first fragment that fits`,
        before: [small],
        sent: next,
        verdict: fits,
      },
    ];
  });
}
