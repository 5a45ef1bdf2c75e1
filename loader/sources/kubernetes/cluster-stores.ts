// The stores of all kinds together, as one cluster in which what has not changed is the same object.
import {
  kindsIn,
  policyKinds,
  servedKinds,
  type Collection,
  type ObjectKind,
  type ServedKind,
} from '../../model/kinds.ts';
import { clusterOf, isSameCluster, type ClusterState } from '../../model/objects.ts';
import { LastGood } from '../objects/last-good.ts';
import { ObjectStore, type ObjectsByKey, type Refusal } from './object-store.ts';
import type { WatchedStore } from './resource-watch.ts';

/** What was put together of the objects of several kinds. */
interface Joined {
  readonly parts: readonly ObjectsByKey[];
  readonly whole: ObjectsByKey;
}

export class ClusterStores {
  readonly #lastGood: LastGood;
  readonly #stores: ReadonlyMap<ObjectKind, ObjectStore>;
  readonly #joined = new Map<Collection, Joined>();

  /** `memory` is a file for what refused objects said before; absent: a restart forgets it. */
  constructor(memory?: string) {
    this.#lastGood = new LastGood(memory);
    this.#stores = new Map(servedKinds.map(kind => [kind, new ObjectStore(kind, this.#lastGood)]));
  }

  of(kind: ServedKind): WatchedStore {
    return this.#store(kind);
  }

  /** `previous` itself when nothing has changed. Every kind that is watched has been listed. */
  state(previous: ClusterState): ClusterState {
    this.#lastGood.keep(new Map([...this.#stores.values()].flatMap(store => [...store.lastGood()])));
    const state = clusterOf(
      <C extends Collection>(each: C) => this.#part(each) as ReadonlyMap<unknown, unknown> as ClusterState[C],
    );
    return isSameCluster(state, previous) ? previous : state;
  }

  problems(): readonly string[] {
    return [...this.#lastGood.problems, ...[...this.#stores.values()].flatMap(store => store.problems())];
  }

  refusedPolicies(): readonly Refusal[] {
    return policyKinds
      .map(kind => this.#store(kind))
      .flatMap(store => [...store.refusals(), ...store.partial()]);
  }

  /** Of a collection with one kind its store's own map. */
  #part(collection: Collection): ObjectsByKey {
    const parts = kindsIn(collection).map(kind => this.#store(kind).snapshot());
    const [only, ...others] = parts;
    if (only !== undefined && others.length === 0) return only;
    const before = this.#joined.get(collection);
    const isSame = before !== undefined && parts.every((part, i) => part === before.parts[i]);
    const joined = isSame ? before : { parts, whole: new Map(parts.flatMap(part => [...part])) };
    this.#joined.set(collection, joined);
    return joined.whole;
  }

  #store(kind: ObjectKind): ObjectStore {
    const store = this.#stores.get(kind);
    if (store === undefined) throw new TypeError(`no API server has ${kind}`);
    return store;
  }
}
