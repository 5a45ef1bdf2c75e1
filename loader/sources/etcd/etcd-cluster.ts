// The cluster as the keys below etcd's prefix say it: objects, which daemons are alive, and what this node has there itself.
//
// What other nodes write of themselves (Nodes, addresses of pods) and etcd loses is held for a while: their daemons write it
// again, and until then their traffic goes on. It is lost when etcd is restored from a backup, or somebody deletes a Node
// without its claim; `heddlectl cluster delete node` deletes both at once.
import { HeddleError } from '../../errors.ts';
import type { ClusterState } from '../../model/objects.ts';
import type { ClusterReading } from '../feed.ts';
import { disconnectedSentences, heldSentences } from './etcd-problems.ts';
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

  /** All that there is. `isOther`: etcd has another history than before. Throws `IO` when it has no cluster at all. */
  replace(entries: ReadonlyMap<string, string>, isOther: boolean): void {
    if (!entries.has(this.#options.keys.cluster)) throw this.#lostCluster();
    const known = [...this.#objects.keys(), ...this.#alive];
    const gone = known.filter(key => !entries.has(key) && key !== this.#ownNodeKey && !this.#held.has(key));
    this.#held.hold(isOther ? gone.filter(key => this.#isOfOther(key)) : []);
    this.#forget(gone.filter(key => !this.#held.has(key)));
    this.#own.replace(entries);
    for (const [key, text] of entries) this.#put(key, text);
    this.putOwnNode();
  }

  /** Throws `IO` when the cluster itself is deleted: nothing of that is taken over. */
  change(changes: readonly KeyChange[]): void {
    const { keys } = this.#options;
    if (changes.some(([key, text]) => key === keys.cluster && text === undefined)) throw this.#lostCluster();
    const gone = new Set(changes.filter(([, text]) => text === undefined).map(([key]) => key));
    for (const [key, text] of changes) {
      this.#own.change(key, text);
      if (text === undefined) this.#delete(key, gone);
      else this.#put(key, text);
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
      problems: [...heldSentences(this.#held.size, holdMs), ...disconnectedSentences(expired), ...problems],
    };
  }

  #put(key: string, text: string): void {
    const section = sectionOf(this.#options.prefix, key);
    this.#held.release(key);
    if (section === 'alive') this.#alive.add(key);
    if (!OBJECT_SECTIONS.has(section)) return;
    this.#objects.put(key, key === this.#ownNodeKey ? (this.#options.nodeText() ?? text) : text);
  }

  #delete(key: string, gone: ReadonlySet<string>): void {
    this.#alive.delete(key);
    if (key === this.#ownNodeKey && this.#options.nodeText() !== undefined) return;
    const { keys } = this.#options;
    const nodes = keys.objectsOf('Node');
    const isLost = key.startsWith(nodes) && !gone.has(keys.claim(key.slice(nodes.length)));
    if (isLost) this.#held.hold([key]);
    else this.#objects.delete(key);
  }

  #forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.#alive.delete(key);
      this.#objects.delete(key);
    }
  }

  /** Written by another node, about itself. */
  #isOfOther(key: string): boolean {
    const { keys, prefix, nodeName } = this.#options;
    if (key.startsWith(keys.objectsOf('Node'))) return key !== this.#ownNodeKey;
    const section = sectionOf(prefix, key);
    return section === 'alive' || (section === 'pods' && !key.startsWith(keys.podsOf(nodeName)));
  }

  #lostCluster(): HeddleError {
    const { cluster } = this.#options.keys;
    return new HeddleError(
      'IO',
      `it has lost ${cluster}: restore it from a backup, or begin anew with 'heddlectl cluster init'`,
    );
  }
}
