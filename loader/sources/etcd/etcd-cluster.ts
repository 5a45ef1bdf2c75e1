// The cluster as the keys below etcd's prefix say it: objects, which daemons are alive, and what this node has there itself.
//
// What other nodes write of themselves beside their Node (addresses of pods, that they are alive) and an etcd that is restored
// from a backup has lost is held for a while: their daemons write it again, and until then their traffic goes on. Nodes
// that vanish are kept by the feed, whatever the source. What operators have written and etcd has lost (policies, and the labels
// that they select by) stays until it is written again: nobody has deleted it.
import { HeddleError } from '../../errors.ts';
import type { ClusterState } from '../../model/objects.ts';
import type { ClusterReading } from '../feed.ts';
import { disconnectedSentences, heldSentences, lostSentences } from './etcd-problems.ts';
import { EtcdObjects } from './etcd-objects.ts';
import { HeldKeys } from './held-keys.ts';
import { sectionOf, type Keys } from './keys.ts';
import { OwnKeyWatch } from './own-keys.ts';

export interface EtcdClusterOptions {
  readonly keys: Keys;
  readonly prefix: string;
  readonly nodeName: string;
  readonly slot: number;
  readonly memory?: string;
  /** This node's own Node, which it knows better than etcd does; undefined: it does not at present. */
  readonly nodeText: () => string | undefined;
  /** How long what etcd has lost is held. */
  readonly holdMs: number;
  /** Something has changed by itself. */
  readonly onChange: () => void;
}

/** An absent text: the key is gone. */
export type KeyChange = readonly [key: string, text: string | undefined];

/** Sections whose values are objects. */
const OBJECT_SECTIONS: ReadonlySet<string> = new Set(['objects', 'pods']);

export class EtcdCluster implements Disposable {
  readonly #options: EtcdClusterOptions;
  readonly #ownNodeKey: string;
  readonly #objects: EtcdObjects;
  readonly #own: OwnKeyWatch;
  readonly #held: HeldKeys;
  /** Keys of operators' objects that are in another history than etcd's. */
  readonly #lost = new Set<string>();
  /** Nodes whose claim was deleted, as `heddlectl cluster delete node` does. */
  readonly #deletedNodes = new Set<string>();
  /** Keys of nodes whose daemon holds its lease. */
  readonly #alive = new Set<string>();

  constructor(options: EtcdClusterOptions) {
    const { keys, nodeName, slot, memory, holdMs } = options;
    this.#options = options;
    this.#ownNodeKey = keys.object('Node', { name: nodeName });
    this.#objects = new EtcdObjects(memory);
    this.#own = new OwnKeyWatch(keys, nodeName, slot);
    this.#held = new HeldKeys(holdMs, expired => {
      this.#forget(expired);
      options.onChange();
    });
  }

  [Symbol.dispose](): void {
    this.#held[Symbol.dispose]();
  }

  get own(): OwnKeyWatch {
    return this.#own;
  }

  /** Texts of what this node has published, by key. */
  publishedBelow(prefix: string): ReadonlyMap<string, string> {
    return this.#objects.textsBelow(prefix);
  }

  /** An operator has deleted the node: it was not lost. */
  isDeleted(node: string): boolean {
    return this.#deletedNodes.has(node);
  }

  /** All that there is. `isOther`: etcd has another history than before. Throws `IO` when it has no cluster at all. */
  replace(entries: ReadonlyMap<string, string>, isOther: boolean): void {
    if (!entries.has(this.#options.keys.cluster)) throw this.#lostCluster();
    const known = [...this.#objects.keys(), ...this.#alive];
    const gone = known.filter(key => !entries.has(key) && key !== this.#ownNodeKey && !this.#isKept(key));
    if (isOther) {
      this.#held.hold(gone.filter(key => this.#isOfOther(key)));
      for (const key of gone) if (this.#isOperators(key)) this.#lost.add(key);
    }
    this.#forget(gone.filter(key => !this.#isKept(key)));
    this.#deletedNodes.clear();
    this.#own.replace(entries);
    for (const [key, text] of entries) this.#put(key, text);
    this.putOwnNode();
  }

  /** Throws `IO` when the cluster itself is deleted: nothing of that is taken over. */
  change(changes: readonly KeyChange[]): void {
    const { keys } = this.#options;
    if (changes.some(([key, text]) => key === keys.cluster && text === undefined)) throw this.#lostCluster();
    for (const [key, text] of changes) {
      this.#own.change(key, text);
      this.#noteClaim(key, text);
      if (text !== undefined) this.#put(key, text);
      else if (key !== this.#ownNodeKey || this.#options.nodeText() === undefined) this.#forget([key]);
    }
  }

  /** Also where etcd has lost it, and after its addresses have changed. */
  putOwnNode(): void {
    const text = this.#options.nodeText();
    if (text !== undefined) this.#objects.put(this.#ownNodeKey, text);
  }

  /** Parts that are equal to `previous` are the same. */
  read(previous: ClusterState): ClusterReading {
    const { keys, nodeName, holdMs } = this.#options;
    const isAlive = (node: string): boolean => node === nodeName || this.#alive.has(keys.alive(node));
    const { state, problems } = this.#objects.cluster(previous, isAlive);
    const expired = [...state.nodes.keys()].filter(node => !isAlive(node));
    return {
      state,
      problems: [
        ...[...heldSentences(this.#held.size, holdMs), ...lostSentences([...this.#lost])],
        ...[...disconnectedSentences(expired), ...problems],
      ],
    };
  }

  #isKept(key: string): boolean {
    return this.#held.has(key) || this.#lost.has(key);
  }

  #noteClaim(key: string, text: string | undefined): void {
    const claims = this.#options.keys.claim('');
    if (!key.startsWith(claims)) return;
    const node = key.slice(claims.length);
    if (text === undefined) this.#deletedNodes.add(node);
    else this.#deletedNodes.delete(node);
  }

  #put(key: string, text: string): void {
    const section = sectionOf(this.#options.prefix, key);
    this.#held.release(key);
    this.#lost.delete(key);
    if (section === 'alive') this.#alive.add(key);
    if (!OBJECT_SECTIONS.has(section)) return;
    this.#objects.put(key, key === this.#ownNodeKey ? (this.#options.nodeText() ?? text) : text);
  }

  #forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.#held.release(key);
      this.#lost.delete(key);
      this.#alive.delete(key);
      this.#objects.delete(key);
    }
  }

  /** Written by another node, about itself. */
  #isOfOther(key: string): boolean {
    const { keys, prefix, nodeName } = this.#options;
    const section = sectionOf(prefix, key);
    return section === 'alive' || (section === 'pods' && !key.startsWith(keys.podsOf(nodeName)));
  }

  #isOperators(key: string): boolean {
    const { keys } = this.#options;
    return key.startsWith(keys.objects) && !key.startsWith(keys.objectsOf('Node'));
  }

  #lostCluster(): HeddleError {
    const { cluster } = this.#options.keys;
    return new HeddleError(
      'IO',
      `it has lost ${cluster}: restore it from a backup, or begin anew with 'heddlectl cluster init'`,
    );
  }
}
