// An ADD on a node whose pod CIDR is the underlay's: the pod would get another machine's address.
import { HeddleError } from '../errors.ts';
import { usableCidrs } from '../model/cidr-claims.ts';
import { CLASH_CURE, clashReason, underlayClashes } from '../model/underlay-clash.ts';
import type { TablesInput } from '../model/tables-input.ts';

/** Throws `NOT_READY`, in the words in which the status says it. */
export function assertOffUnderlay({
  cluster,
  facts: { nodeName, uplinks },
}: Pick<TablesInput, 'cluster' | 'facts'>): void {
  const [clash] = underlayClashes(usableCidrs(cluster.nodes.get(nodeName)?.podCidrs ?? []), uplinks);
  if (clash !== undefined)
    throw new HeddleError('NOT_READY', `${clashReason(nodeName, clash)}: ${CLASH_CURE}`);
}
