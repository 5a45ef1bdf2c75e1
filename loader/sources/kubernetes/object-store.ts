// The objects of one kind as last received, reduced to the model's; an unreadable one keeps its previous version.
import { isDeepStrictEqual } from 'node:util';
import { MapDraft } from '../../collections/persistent-map.ts';
import { isPolicyKind, objectKey, qualifiedName, typeMeta, type ServedKind } from '../../model/kinds.ts';
import type { Policy } from '../../model/policies.ts';
import { isPolicyRead, type ClusterObject } from '../objects/cluster-object.ts';
import type { LastGood } from '../objects/last-good.ts';
import { keptPolicy, rawPolicy, rememberRaw } from '../objects/raw-policies.ts';
import { readObject } from '../objects/read-object.ts';
import { headOf, type ObjectHead } from './object-head.ts';

type ModelObject = ClusterObject['object'];
export type ObjectsByKey = ReadonlyMap<string, ModelObject>;

/** An object that is not active as the server has it, or not all of it. */
export interface Refusal {
  readonly isPartial: boolean;
  readonly kind: ServedKind;
  readonly head: ObjectHead;
  readonly sentence: string;
}

/** A list that is being read; nothing has changed before `commit`. */
export interface Listing {
  add(raw: unknown): void;
  /** What has not been added is gone; policies stay where `isOther`: the server has another history than before. */
  commit(isOther?: boolean): void;
}

/** What one object comes to. */
interface Reading {
  readonly head: ObjectHead;
  /** What is active from now on; absent: nothing. */
  readonly object?: ModelObject | undefined;
  readonly refusal?: string;
  readonly unsupported: readonly string[];
}

interface Refused {
  readonly refusal: Refusal;
  /** Its last good version, if it is active. */
  readonly lastGood: readonly ClusterObject[];
}

export class ObjectStore {
  readonly #kind: ServedKind;
  readonly #lastGood: LastGood;
  readonly #objects = new MapDraft<string, ModelObject>();
  /** Of kinds whose model has none. */
  readonly #uids = new Map<string, string>();
  /** Policies that the server has lost. */
  readonly #lost = new Set<string>();
  readonly #refused = new Map<string, Refused>();
  /** What of active objects is not supported. */
  readonly #unsupported = new Map<
    string,
    { readonly head: ObjectHead; readonly sentences: readonly string[] }
  >();

  /** `lastGood` has what the process before knew of refused objects. */
  constructor(kind: ServedKind, lastGood: LastGood) {
    this.#kind = kind;
    this.#lastGood = lastGood;
  }

  get isEmpty(): boolean {
    return this.#objects.size === 0 && this.#refused.size === 0;
  }

  /** The same map as before when nothing has changed. */
  snapshot(): ObjectsByKey {
    return this.#objects.seal();
  }

  refusals(): readonly Refusal[] {
    return [...this.#refused.values()].map(({ refusal }) => refusal);
  }

  /** Of objects that are active in part, the first sentence each. */
  partial(): readonly Refusal[] {
    return [...this.#unsupported.values()].map(({ head, sentences: [sentence = ''] }) => {
      return { kind: this.#kind, head, sentence, isPartial: true };
    });
  }

  problems(): readonly string[] {
    const refused = this.refusals().map(({ sentence }) => sentence);
    const unsupported = [...this.#unsupported.values()].flatMap(({ sentences }) => sentences);
    return [...this.#lostSentences(), ...[...refused, ...unsupported].sort()];
  }

  /** Of refused objects, what a restart must not forget. */
  *lastGood(): Generator<readonly [document: string, objects: readonly ClusterObject[]]> {
    for (const { refusal, lastGood } of this.#refused.values())
      if (lastGood.length > 0) yield [this.#documentOf(refusal.head), lastGood];
  }

  put(raw: unknown): void {
    const head = headOf(raw);
    this.#take(this.#keyOf(head), this.#read(raw, head));
  }

  delete(raw: unknown): void {
    this.#forget(this.#keyOf(headOf(raw)));
  }

  listing(): Listing {
    const readings = new Map<string, Reading>();
    return {
      add: raw => {
        const head = headOf(raw);
        readings.set(this.#keyOf(head), this.#read(raw, head));
      },
      commit: isOther => {
        for (const key of [...this.#objects.keys(), ...this.#refused.keys()])
          if (!readings.has(key)) this.#miss(key, isOther === true);
        for (const [key, reading] of readings) this.#take(key, reading);
      },
    };
  }

  /** Equal to what is held: the very object that is held. */
  #read(raw: unknown, head: ObjectHead): Reading {
    const held = this.#objects.get(this.#keyOf(head));
    const read = readObject({ ...whole(raw), ...typeMeta(this.#kind) });
    if ('problem' in read)
      return { head, object: this.#goodVersion(head), refusal: read.problem.sentence, unsupported: [] };
    const [first] = read.objects;
    if (first === undefined) return { head, unsupported: [] };
    if (isPolicyRead(first)) rememberRaw(first.object, first.raw);
    const object = kept(held, first.object);
    return { head, object, unsupported: read.problems.map(({ sentence }) => sentence) };
  }

  /** What this very object, not a predecessor of its name, was before. */
  #goodVersion(head: ObjectHead): ModelObject | undefined {
    const key = this.#keyOf(head);
    const held = this.#objects.get(key);
    if (held !== undefined) return head.uid === this.#uidOf(key, held) ? held : undefined;
    const [remembered] = this.#lastGood.of(this.#documentOf(head));
    if (remembered !== undefined && isPolicyRead(remembered)) rememberRaw(remembered.object, remembered.raw);
    return remembered?.object;
  }

  #take(key: string, { head, object, refusal, unsupported }: Reading): void {
    this.#lost.delete(key);
    if (object === undefined) this.#forget(key);
    else {
      this.#objects.set(key, object);
      if (!('uid' in object)) this.#uids.set(key, head.uid);
    }
    if (refusal === undefined) this.#refused.delete(key);
    else this.#refuse(key, { kind: this.#kind, head, sentence: refusal, isPartial: false }, object);
    if (refusal !== undefined) return; // what of its last good version is not supported stays a problem
    if (unsupported.length === 0) this.#unsupported.delete(key);
    else this.#unsupported.set(key, { head, sentences: unsupported });
  }

  #refuse(key: string, refusal: Refusal, object: ModelObject | undefined): void {
    const before = this.#refused.get(key)?.lastGood ?? this.#lastGood.of(this.#documentOf(refusal.head));
    const isSame = before.length === 1 && before[0]?.object === object;
    this.#refused.set(key, { refusal, lastGood: isSame ? before : this.#remembered(object) });
  }

  #remembered(object: ModelObject | undefined): readonly ClusterObject[] {
    if (object === undefined) return [];
    const raw = isPolicy(object) ? { raw: rawPolicy(object) } : {};
    return [{ kind: this.#kind, object, ...raw } as ClusterObject]; // a store holds objects of its kind alone
  }

  /** A server that was restored from a backup lacks policies that nobody has deleted. */
  #miss(key: string, isOther: boolean): void {
    if (isOther && isPolicyKind(this.#kind)) this.#lost.add(key);
    if (!this.#lost.has(key)) this.#forget(key);
  }

  #forget(key: string): void {
    this.#lost.delete(key);
    this.#objects.delete(key);
    this.#uids.delete(key);
    this.#refused.delete(key);
    this.#unsupported.delete(key);
  }

  #lostSentences(): readonly string[] {
    if (this.#lost.size === 0) return [];
    const [first = '', ...others] = [...this.#lost].sort();
    const what = others.length === 0 ? first : `${first} and ${others.length} more`;
    return [
      `the API server has lost ${what}, its versions went back: what it said before stays active until it is written again, or heddled is started anew`,
    ];
  }

  #uidOf(key: string, held: ModelObject): string {
    return ('uid' in held ? held.uid : this.#uids.get(key)) ?? '';
  }

  #keyOf(head: ObjectHead): string {
    return objectKey(this.#kind, head);
  }

  /** With its uid: what a predecessor of its name said is of no use. */
  #documentOf(head: ObjectHead): string {
    return `${this.#kind} ${qualifiedName(this.#kind, head)} ${head.uid}`;
  }
}

function kept(held: ModelObject | undefined, object: ModelObject): ModelObject {
  if (held === undefined) return object;
  if (isPolicy(held) && isPolicy(object)) return keptPolicy(held, object);
  return isDeepStrictEqual(held, object) ? held : object;
}

function isPolicy(object: ModelObject): object is Policy {
  return 'tier' in object;
}

/** Who wrote which field is longer than the object, and would be kept with every policy. */
function whole(raw: unknown): object {
  const object = raw as { readonly metadata: object };
  return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}
