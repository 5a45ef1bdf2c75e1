// Two nodes that only route: what a network of pods can hope for.
import { removeRemnants } from '../../../lab/remnants.ts';
import type { PodNetwork } from '../net/pod-network.ts';
import { openUnderlay, type UnderlayShape } from '../net/underlay.ts';
import { addRoutedPods, routedEnd } from './routed-pods.ts';

/** Under that name; an earlier one that was left is removed first. */
export async function openNativePair(name: string, shape?: UnderlayShape): Promise<PodNetwork> {
  const underlay = await openUnderlay(name, shape);
  addRoutedPods(underlay);
  const [from, to, neighbour] = underlay.pods;
  return {
    ...{ from: routedEnd(from), to: routedEnd(to), neighbour: routedEnd(neighbour) },
    wire: underlay.wire,
    carriage: { kind: 'plain' },
    [Symbol.asyncDispose]: () => removeRemnants(name),
  };
}
