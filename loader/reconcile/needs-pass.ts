// Whether a change of the cluster is one of tables and routes, or of policy alone.
import { isDeepStrictEqual } from 'node:util';
import { isFinished, type ClusterState, type NodeObject, type PodObject } from '../model/objects.ts';
import { changedKeys } from '../policy/map-diff.ts';

export function needsPass(before: ClusterState, now: ClusterState): boolean {
  return (
    changedKeys(before.nodes, now.nodes).some(
      name => !isSameNode(before.nodes.get(name), now.nodes.get(name)),
    ) || changedKeys(before.pods, now.pods).some(key => !isSamePlace(before.pods.get(key), now.pods.get(key)))
  );
}

function isSameNode(before: NodeObject | undefined, now: NodeObject | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return isDeepStrictEqual({ ...before, labels: {} }, { ...now, labels: {} });
}

function isSamePlace(before: PodObject | undefined, now: PodObject | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return (
    before.nodeName === now.nodeName &&
    before.hostNetwork === now.hostNetwork &&
    before.uid === now.uid &&
    isFinished(before) === isFinished(now) &&
    before.addresses.join() === now.addresses.join()
  );
}
