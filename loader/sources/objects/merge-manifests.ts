// Puts the objects of all files together to one cluster, in which every name means one object.
import type { NamespaceObject, NodeObject, PodKey, PodObject } from '../../model/objects.ts';
import { emptyCluster, podKey, type ClusterState } from '../../model/objects.ts';
import { policyKey, type Policy, type PolicyKey } from '../../model/policies.ts';
import { keptPolicy, rememberGiven } from './given-policies.ts';
import type { ClusterObject, PodAddresses } from './kubernetes-objects.ts';

/** Objects by file name. */
export type ManifestObjects = Iterable<readonly [file: string, objects: readonly ClusterObject[]]>;

export interface MergedCluster {
  readonly state: ClusterState;
  readonly problems: readonly string[];
}

interface Claim<T> {
  readonly file: string;
  readonly object: T;
}

type Claims<Key, T> = Map<Key, Claim<T>>;

/**
 * What a name means when several files say it: the file whose name sorts first. Parts equal to `previous` are the same.
 * `refineNode` adds to a Node what the source knows beside its object; it answers the same object for the same knowledge.
 */
export function mergeManifests(
  files: ManifestObjects,
  previous: ClusterState = emptyCluster,
  refineNode: (node: NodeObject) => NodeObject = node => node,
): MergedCluster {
  const nodes: Claims<string, NodeObject> = new Map();
  const namespaces: Claims<string, NamespaceObject> = new Map();
  const pods: Claims<PodKey, PodObject> = new Map();
  const policies: Claims<PolicyKey, Policy> = new Map();
  const addresses = new Map<PodKey, PodAddresses[]>();
  const problems: string[] = [];
  for (const [file, objects] of files)
    for (const each of objects) {
      const { kind, object } = each;
      if (kind === 'Node') claim(nodes, object.name, { file, object }, problems);
      else if (kind === 'Namespace') claim(namespaces, object.name, { file, object }, problems);
      else if (kind === 'Pod') claim(pods, podKey(object), { file, object }, problems);
      else if (kind === 'PodAddresses')
        addresses.set(object.key, [...(addresses.get(object.key) ?? []), object]);
      else {
        rememberGiven(object, each.given);
        claim(policies, policyKey(object), { file, object }, problems);
      }
    }
  const state = {
    nodes: settled(nodes, previous.nodes, (_name, node) => refineNode(node)),
    namespaces: settled(namespaces, previous.namespaces),
    pods: settled(pods, previous.pods, (key, pod) => withAddresses(pod, addresses.get(key))),
    policies: settled(policies, previous.policies, (key, policy) =>
      keptPolicy(previous.policies.get(key), policy),
    ),
  };
  return { state, problems: problems.sort() };
}

function claim<Key extends string, T>(
  claims: Claims<Key, T>,
  key: Key,
  next: Claim<T>,
  problems: string[],
): void {
  const held = claims.get(key);
  const [winner, loser] = held === undefined || next.file < held.file ? [next, held] : [held, next];
  claims.set(key, winner);
  if (loser !== undefined) problems.push(`${loser.file}: ${key} is ignored: ${winner.file} has it already`);
}

function settled<Key, T>(
  claims: Claims<Key, T>,
  previous: ReadonlyMap<Key, T>,
  refine: (key: Key, object: T) => T = (_key, object) => object,
): ReadonlyMap<Key, T> {
  const next = new Map<Key, T>();
  let isSame = claims.size === previous.size;
  for (const [key, { object }] of claims) {
    const refined = refine(key, object);
    next.set(key, refined);
    isSame &&= previous.get(key) === refined;
  }
  return isSame ? previous : next;
}

const refinedPods = new WeakMap<PodAddresses, PodObject>();

/** Only of this very pod, on its own node: what was written for a predecessor of the same name means nothing. */
function withAddresses(pod: PodObject, candidates: readonly PodAddresses[] = []): PodObject {
  const given = candidates.find(
    ({ uid, nodeName }) =>
      (uid === undefined || pod.uid === undefined || uid === pod.uid) &&
      (pod.nodeName === undefined || pod.nodeName === nodeName),
  );
  if (given === undefined) return pod;
  const known = refinedPods.get(given);
  if (known !== undefined && isRefinementOf(known, pod)) return known;
  const refined = { ...pod, addresses: given.addresses };
  refinedPods.set(given, refined);
  return refined;
}

function isRefinementOf(refined: PodObject, pod: PodObject): boolean {
  return (Object.keys(pod) as (keyof PodObject)[]).every(
    name => name === 'addresses' || refined[name] === pod[name],
  );
}
