// Puts the objects of all documents together to one cluster, in which every name means one object.
import { MultiMap } from '../../collections/multi-map.ts';
import { kindSpec, objectKey, type Collection } from '../../model/kinds.ts';
import {
  clusterOf,
  emptyCluster,
  hasUid,
  podKey,
  type ClusterState,
  type KeyIn,
  type NodeObject,
  type ObjectIn,
  type PodAddresses,
  type PodKey,
  type PodObject,
} from '../../model/objects.ts';
import { isPolicyRead, type ClusterObject } from './cluster-object.ts';
import { keptPolicy, rememberRaw } from './raw-policies.ts';

/** Objects by the name of their document. */
export type DocumentObjects = Iterable<readonly [document: string, objects: readonly ClusterObject[]]>;

export interface MergedCluster {
  readonly state: ClusterState;
  readonly problems: readonly string[];
}

interface Claim {
  readonly document: string;
  readonly object: ClusterObject['object'];
}

/** By key, the object that has it. */
type Claims = Map<string, Claim>;

/** What an object becomes by what others say of it: the same object for the same sayings. */
type Refinement<C extends Collection> = (object: ObjectIn<C>, key: KeyIn<C>) => ObjectIn<C>;
type Refinements = { readonly [C in Collection]?: Refinement<C> };

/**
 * What a name means when several documents say it: the document whose name sorts first. Parts equal to `previous` are the
 * same. `refineNode` adds to a Node what the source knows beside its object; it answers the same object for the same
 * knowledge.
 */
export function mergeManifests(
  documents: DocumentObjects,
  previous: ClusterState = emptyCluster,
  refineNode: (node: NodeObject) => NodeObject = node => node,
): MergedCluster {
  const claims = new Map<string, Claims>();
  const addresses = new MultiMap<PodKey, PodAddresses>();
  const problems: string[] = [];
  for (const [document, objects] of documents)
    for (const each of objects) {
      const { kind, object } = each;
      if (isPolicyRead(each)) rememberRaw(each.object, each.raw);
      if (kind === 'PodAddresses') addresses.add(podKey(object), object);
      const { collection } = kindSpec(kind);
      if (collection === undefined) continue;
      const held = claims.get(collection) ?? new Map<string, Claim>();
      claims.set(collection, held);
      claim(held, objectKey(kind, object), { document, object }, problems);
    }
  const refinements: Refinements = {
    nodes: refineNode,
    pods: (pod, key) => withAddresses(pod, addresses.get(key)),
    policies: (policy, key) => keptPolicy(previous.policies.get(key), policy),
  };
  const state = clusterOf(each => merged(previous[each], claims.get(each), refinements[each]));
  return { state, problems: problems.sort() };
}

function claim(claims: Claims, key: string, next: Claim, problems: string[]): void {
  const held = claims.get(key);
  const [winner, loser] = held === undefined || next.document < held.document ? [next, held] : [held, next];
  claims.set(key, winner);
  if (loser !== undefined)
    problems.push(`${loser.document}: ${key} is ignored: ${winner.document} has it already`);
}

function merged<C extends Collection>(
  previous: ClusterState[C],
  claims: Claims = new Map<string, Claim>(),
  refine: Refinement<C> = object => object,
): ClusterState[C] {
  const next = new Map<string, unknown>();
  const before: ReadonlyMap<string, unknown> = previous;
  let isSame = claims.size === previous.size;
  for (const [key, { object }] of claims) {
    const refined = refine(object as ObjectIn<C>, key as KeyIn<C>); // claims are apart by collection
    next.set(key, refined);
    isSame &&= before.get(key) === refined;
  }
  return isSame ? previous : (next as ReadonlyMap<unknown, unknown> as ClusterState[C]);
}

const refinedPods = new WeakMap<PodAddresses, PodObject>();

/** Only of this very pod, on its own node: what was written for a predecessor of the same name means nothing. */
function withAddresses(pod: PodObject, candidates: ReadonlySet<PodAddresses>): PodObject {
  const assigned = [...candidates].find(
    ({ uid, nodeName }) => hasUid(pod, uid) && (pod.nodeName === undefined || pod.nodeName === nodeName),
  );
  if (assigned === undefined) return pod;
  const known = refinedPods.get(assigned);
  if (known !== undefined && isRefinementOf(known, pod)) return known;
  const refined = { ...pod, addresses: assigned.addresses };
  refinedPods.set(assigned, refined);
  return refined;
}

function isRefinementOf(refined: PodObject, pod: PodObject): boolean {
  return (Object.keys(pod) as (keyof PodObject)[]).every(
    name => name === 'addresses' || refined[name] === pod[name],
  );
}
