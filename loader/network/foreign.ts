// What others have put on pods' interfaces: traffic has to take the host's stack past it, where a redirect would not go.
import { type Filter, listFilters, listQdiscs, type Qdisc, type RtnetlinkSocket } from 'rtnetlink';

/** One sentence for each foreign queueing discipline or filter, by interface; an interface without any is absent. */
export function readForeign(
  socket: RtnetlinkSocket,
  ifindexes: readonly number[],
  ownPrograms: ReadonlySet<number>,
): Map<number, readonly string[]> {
  const wanted = new Set(ifindexes);
  const qdiscs = listQdiscs(socket).filter(qdisc => wanted.has(qdisc.index));
  // Filters can stand only on these two, so that most interfaces need not be asked about any.
  const filtered = new Set(qdiscs.filter(isFilterHook).map(qdisc => qdisc.index));
  const filters = [...filtered].flatMap(ifindex => listFilters(socket, ifindex));
  return describeForeign(qdiscs, filters, ownPrograms);
}

/** Pure: what of it is foreign. An empty clsact stands in nobody's way. */
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
    if (qdisc.handle !== 0 && !isFilterHook(qdisc)) say(qdisc.index, `a qdisc ${qdisc.kind} stands on it`);
  }
  for (const filter of filters) {
    const isOurs = filter.bpfProgramId !== undefined && ownPrograms.has(filter.bpfProgramId);
    if (!isOurs) say(filter.index, `a ${filter.kind} filter stands on it`);
  }
  return sentences;
}

function isFilterHook(qdisc: Qdisc): boolean {
  return qdisc.kind === 'clsact' || qdisc.kind === 'ingress';
}
