// The stores of all kinds together, as one cluster in which what has not changed is the same object.
import { podKey, type ClusterState, type PodKey } from '../../model/objects.ts';
import type { NamespaceObject, NodeObject, PodObject } from '../../model/objects.ts';
import { policyKey, type Policy, type PolicyKey } from '../../model/policies.ts';
import type { WatchedKind } from './api-calls.ts';
import { ObjectStore, type Refusal } from './object-store.ts';
import type { WatchedStore } from './resource-watch.ts';

export class ClusterStores {
  readonly #stores = {
    Node: new ObjectStore<string, NodeObject>('Node', ({ name }) => name),
    Namespace: new ObjectStore<string, NamespaceObject>('Namespace', ({ name }) => name),
    Pod: new ObjectStore<PodKey, PodObject>('Pod', podKey),
    NetworkPolicy: policies('NetworkPolicy'),
    ClusterNetworkPolicy: policies('ClusterNetworkPolicy'),
  } as const satisfies Record<WatchedKind, WatchedStore>;
  /** Both kinds, and the map that was made of them. */
  #merged: readonly [
    of: readonly ReadonlyMap<PolicyKey, Policy>[],
    policies: ReadonlyMap<PolicyKey, Policy>,
  ] = [[], new Map()];

  of(kind: WatchedKind): WatchedStore {
    return this.#stores[kind];
  }

  /** `previous` itself when nothing has changed. */
  state(previous: ClusterState): ClusterState {
    const { Node, Namespace, Pod } = this.#stores;
    const state: ClusterState = {
      nodes: Node.snapshot(),
      namespaces: Namespace.snapshot(),
      pods: Pod.snapshot(),
      policies: this.#policies(),
    };
    const parts = ['nodes', 'namespaces', 'pods', 'policies'] as const;
    return parts.every(part => state[part] === previous[part]) ? previous : state;
  }

  problems(): readonly string[] {
    return Object.values(this.#stores).flatMap(store => store.problems());
  }

  refusedPolicies(): readonly Refusal[] {
    const { NetworkPolicy, ClusterNetworkPolicy } = this.#stores;
    return [NetworkPolicy, ClusterNetworkPolicy].flatMap(store => [...store.refusals(), ...store.partial()]);
  }

  #policies(): ReadonlyMap<PolicyKey, Policy> {
    const { NetworkPolicy, ClusterNetworkPolicy } = this.#stores;
    const of = [NetworkPolicy.snapshot(), ClusterNetworkPolicy.snapshot()];
    const isSame = of.every((map, i) => map === this.#merged[0][i]);
    if (!isSame) this.#merged = [of, new Map(of.flatMap(map => [...map]))];
    return this.#merged[1];
  }
}

function policies(kind: Policy['kind']): ObjectStore<PolicyKey, Policy> {
  return new ObjectStore<PolicyKey, Policy>(kind, ({ namespace, name }) =>
    policyKey({ kind, name, ...(kind === 'NetworkPolicy' && { namespace }) }),
  );
}
