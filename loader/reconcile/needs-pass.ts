// Whether a change of the cluster is one of tables and routes, or of policy alone.
import { isDeepStrictEqual } from 'node:util';
import {
  isFinished,
  type ClusterState,
  type NodeObject,
  type PodKey,
  type PodObject,
} from '../model/objects.ts';
import { changedKeys } from '../policy/map-diff.ts';

/** Pods of this node, `self`, are in the tables as what they were attached with, whatever their objects say. */
export function needsPass(before: ClusterState, now: ClusterState, self: string): boolean {
  const isSamePlace = (key: PodKey): boolean =>
    placeOf(before.pods.get(key), self) === placeOf(now.pods.get(key), self);
  return (
    changedKeys(before.nodes, now.nodes).some(
      name => !isSameNode(before.nodes.get(name), now.nodes.get(name)),
    ) || changedKeys(before.pods, now.pods).some(key => !isSamePlace(key))
  );
}

function isSameNode(before: NodeObject | undefined, now: NodeObject | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return isDeepStrictEqual({ ...before, labels: {} }, { ...now, labels: {} });
}

/** Where others' packets to it go; undefined: nowhere that a table would say. */
function placeOf(pod: PodObject | undefined, self: string): string | undefined {
  if (pod === undefined || pod.nodeName === undefined || pod.nodeName === self) return undefined;
  if (pod.hostNetwork || isFinished(pod)) return undefined;
  return [pod.nodeName, pod.uid, ...pod.addresses].join(' ');
}
