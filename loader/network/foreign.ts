// Foreign qdiscs and filters on pods' interfaces: traffic of such pods takes the host's stack, since a redirect skips them.
import { type Filter, listFilters, listQdiscs, type Qdisc, type RtnetlinkSocket } from 'rtnetlink';

/** A description of each foreign qdisc or filter, by interface; interfaces without any are absent. */
export function readForeign(
  socket: RtnetlinkSocket,
  ifindexes: readonly number[],
  ownPrograms: ReadonlySet<number>,
): Map<number, readonly string[]> {
  const selected = new Set(ifindexes);
  const qdiscs = listQdiscs(socket).filter(qdisc => selected.has(qdisc.index));
  // Filters are attached only to these two, so most interfaces need no filter dump.
  const filtered = new Set(qdiscs.filter(isFilterHook).map(qdisc => qdisc.index));
  const filters = [...filtered].flatMap(ifindex => listFilters(socket, ifindex));
  return describeForeign(qdiscs, filters, ownPrograms);
}

/** Pure: the foreign ones. An empty clsact qdisc does not count. */
export function describeForeign(
  qdiscs: readonly Qdisc[],
  filters: readonly Filter[],
  ownPrograms: ReadonlySet<number>,
): Map<number, readonly string[]> {
  const sentences = new Map<number, readonly string[]>();
  const say = (ifindex: number, text: string) =>
    sentences.set(ifindex, [...(sentences.get(ifindex) ?? []), text]);
  for (const qdisc of qdiscs) {
    // Handle 0: the kernel's own default for the device.
    if (qdisc.handle !== 0 && !isFilterHook(qdisc)) say(qdisc.index, `it has a qdisc ${qdisc.kind}`);
  }
  for (const filter of filters) {
    const isOurs = filter.bpfProgramId !== undefined && ownPrograms.has(filter.bpfProgramId);
    if (!isOurs) say(filter.index, `it has a ${filter.kind} filter`);
  }
  return sentences;
}

function isFilterHook(qdisc: Qdisc): boolean {
  return qdisc.kind === 'clsact' || qdisc.kind === 'ingress';
}
