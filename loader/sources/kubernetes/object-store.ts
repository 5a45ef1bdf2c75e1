// The objects of one kind as the server told them last, reduced to the model's; one that means nothing is what it was before.
import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../model/policies.ts';
import { keptPolicy, rememberGiven } from '../objects/given-policies.ts';
import type { ClusterObject } from '../objects/kubernetes-objects.ts';
import { readObject } from '../objects/read-object.ts';
import { watchedResources, type WatchedKind } from './api-calls.ts';
import { headOf, type ObjectHead } from './object-head.ts';

/** An object that is not in force as it was told, or not all of it. */
export interface Refusal {
  readonly isPartial: boolean;
  readonly kind: WatchedKind;
  readonly apiVersion: string;
  readonly head: ObjectHead;
  readonly sentence: string;
}

/** A list that is being read; nothing has changed before `commit`. */
export interface Listing {
  add(raw: unknown): void;
  /** What has not been added is gone. */
  commit(): void;
}

/** What one object comes to. */
interface Reading<T> {
  readonly head: ObjectHead;
  /** What is in force from now on; absent: nothing. */
  readonly object?: T | undefined;
  readonly refusal?: string;
  readonly unhonoured: readonly string[];
}

export class ObjectStore<Key extends string, T extends ClusterObject['object']> {
  readonly #kind: WatchedKind;
  readonly #keyOf: (head: ObjectHead) => Key;
  #objects = new Map<Key, T>();
  /** Whoever has been given the map keeps it as it was. */
  #isGivenAway = false;
  /** Of kinds whose model has none. */
  readonly #uids = new Map<Key, string>();
  readonly #refusals = new Map<Key, Refusal>();
  /** What of objects that are in force is not honoured. */
  readonly #unhonoured = new Map<Key, { readonly head: ObjectHead; readonly sentences: readonly string[] }>();

  constructor(kind: WatchedKind, keyOf: (head: ObjectHead) => Key) {
    this.#kind = kind;
    this.#keyOf = keyOf;
  }

  get isEmpty(): boolean {
    return this.#objects.size === 0 && this.#refusals.size === 0;
  }

  /** The same map as before when nothing has changed. */
  snapshot(): ReadonlyMap<Key, T> {
    this.#isGivenAway = true;
    return this.#objects;
  }

  refusals(): readonly Refusal[] {
    return [...this.#refusals.values()];
  }

  /** Of objects that are in force in part, the first sentence each. */
  partial(): readonly Refusal[] {
    return [...this.#unhonoured.values()].map(({ head, sentences: [sentence = ''] }) => {
      return { kind: this.#kind, apiVersion: this.#apiVersion, head, sentence, isPartial: true };
    });
  }

  problems(): readonly string[] {
    const refused = this.refusals().map(({ sentence }) => sentence);
    return [...refused, ...[...this.#unhonoured.values()].flatMap(({ sentences }) => sentences)].sort();
  }

  put(raw: unknown): void {
    const head = headOf(raw);
    this.#take(this.#keyOf(head), this.#read(raw, head));
  }

  delete(raw: unknown): void {
    this.#forget(this.#keyOf(headOf(raw)));
  }

  listing(): Listing {
    const readings = new Map<Key, Reading<T>>();
    return {
      add: raw => {
        const head = headOf(raw);
        readings.set(this.#keyOf(head), this.#read(raw, head));
      },
      commit: () => {
        for (const key of [...this.#objects.keys(), ...this.#refusals.keys()])
          if (!readings.has(key)) this.#forget(key);
        for (const [key, reading] of readings) this.#take(key, reading);
      },
    };
  }

  /** Equal to what is held: the very object that is held. */
  #read(raw: unknown, head: ObjectHead): Reading<T> {
    const key = this.#keyOf(head);
    const held = this.#objects.get(key);
    const read = readObject({ ...whole(raw), kind: this.#kind, apiVersion: this.#apiVersion });
    if ('problem' in read) {
      const isSame = held !== undefined && head.uid === this.#uidOf(key, held);
      return { head, object: isSame ? held : undefined, refusal: read.problem.sentence, unhonoured: [] };
    }
    const [first] = read.objects;
    if (first === undefined) return { head, unhonoured: [] };
    if ('given' in first) rememberGiven(first.object, first.given);
    const object = kept(held, first.object as T); // it reads the kind that it was told
    return { head, object, unhonoured: read.problems.map(({ sentence }) => sentence) };
  }

  #take(key: Key, { head, object, refusal, unhonoured }: Reading<T>): void {
    if (object === undefined) this.#forget(key);
    else {
      if (this.#objects.get(key) !== object) this.#writable().set(key, object);
      if (!('uid' in object)) this.#uids.set(key, head.uid);
    }
    const place = { kind: this.#kind, apiVersion: this.#apiVersion, head };
    if (refusal === undefined) this.#refusals.delete(key);
    else this.#refusals.set(key, { ...place, sentence: refusal, isPartial: false });
    if (refusal !== undefined) return; // what of its last good version is not honoured stays told
    if (unhonoured.length === 0) this.#unhonoured.delete(key);
    else this.#unhonoured.set(key, { head, sentences: unhonoured });
  }

  #forget(key: Key): void {
    if (this.#objects.has(key)) this.#writable().delete(key);
    this.#uids.delete(key);
    this.#refusals.delete(key);
    this.#unhonoured.delete(key);
  }

  #writable(): Map<Key, T> {
    if (this.#isGivenAway) this.#objects = new Map(this.#objects);
    this.#isGivenAway = false;
    return this.#objects;
  }

  #uidOf(key: Key, held: T): string {
    return ('uid' in held ? held.uid : this.#uids.get(key)) ?? '';
  }

  get #apiVersion(): string {
    return watchedResources[this.#kind].apiVersion;
  }
}

function kept<T extends object>(held: T | undefined, object: T): T {
  if (held === undefined) return object;
  if (isPolicy(held) && isPolicy(object)) return keptPolicy(held, object) as Policy & T;
  return isDeepStrictEqual(held, object) ? held : object;
}

function isPolicy(object: object): object is Policy {
  return 'tier' in object;
}

/** Who wrote which field is longer than the object, and would be kept with every policy. */
function whole(raw: unknown): object {
  const object = raw as { readonly metadata: object };
  return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}
