// Plain datagrams to a node's pods in the name of whoever might send them.
import { nodeNamed, type Lab } from '../../../../lab/lab.ts';
import { addressOf, podNamed } from '../../../support/lab.ts';
import type { Packet } from '../../../support/packet/packet.ts';
import { PORT } from './tunnel-rows.ts';

export interface PlainRow {
  readonly title: string;
  readonly packet: Packet;
  readonly verdict: string | undefined;
}

/** What becomes of each kind of source; undefined: it arrives. */
export interface PlainVerdicts {
  readonly remotePod: string | undefined;
  readonly remoteOverlay: string | undefined;
  readonly localPod: string | undefined;
  readonly outside: string | undefined;
}

/** To both pods of n1; `title` says what is special about the wire. */
export function plainRows(lab: Lab, wire: Packet, verdicts: PlainVerdicts, title: string): PlainRow[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const pod = (name: string): string => addressOf(podNamed(lab, name), family);
    const isIpv4 = family === 'ipv4';
    const sources: readonly (readonly [string, string, string | undefined])[] = [
      ["a remote node's pod", pod('n2-p1'), verdicts.remotePod],
      ["a remote node's overlay address", isIpv4 ? '10.244.2.1' : 'fd00:244:0:2::1', verdicts.remoteOverlay],
      ["the pod's neighbour", pod('n1-p2'), verdicts.localPod],
      ['the pod itself', pod('n1-p1'), verdicts.localPod],
      ['a host outside', addressOf({ name: 'outside', ...lab.outside }, family), verdicts.outside],
    ];
    return sources.map(([who, source, verdict]) => {
      const text = `${who}, ${title}, ${family}`;
      return { title: text, packet: wire.ip(source, pod('n1-p1')).udp(5000, PORT, text), verdict };
    });
  });
}

/** Plain datagrams to the node itself, in the name of pods and of its own addresses. */
export function plainRowsToNode(lab: Lab, wire: Packet, verdict: string): PlainRow[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const node = addressOf(nodeNamed(lab, 'n1'), family);
    const own = family === 'ipv4' ? '10.244.1.1' : 'fd00:244:0:1::1';
    const pod = (name: string): string => addressOf(podNamed(lab, name), family);
    const sources = [
      ["a remote node's pod", pod('n2-p1')],
      ['a pod of its own', pod('n1-p1')],
      ['its own overlay address', own],
      ['its own underlay address', node],
    ] as const;
    return sources.map(([who, source]) => {
      const text = `${who}, to the node, ${family}`;
      return { title: text, packet: wire.ip(source, node).udp(5000, PORT, text), verdict };
    });
  });
}
