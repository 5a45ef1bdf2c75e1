// What etcd has at the keys that this node alone writes, as the watch of all keys knows it.
import type { Keys } from './keys.ts';

export interface OwnKeys {
  /** Which node has this node's slot. */
  readonly slot: string | undefined;
  readonly claim: string | undefined;
  readonly node: string | undefined;
  /** Text of the key under the daemon's lease. */
  readonly alive: string | undefined;
}

export class OwnKeyWatch {
  readonly #names: Readonly<Record<'slot' | 'claim' | 'node' | 'alive', string>>;
  readonly #texts = new Map<string, string>();
  #isComplete = false;

  constructor(keys: Keys, node: string, slot: number) {
    const nodeKey = keys.object('Node', { name: node });
    this.#names = { slot: keys.slot(slot), claim: keys.claim(node), node: nodeKey, alive: keys.alive(node) };
  }

  /** Undefined: there has been no snapshot. */
  get stored(): OwnKeys | undefined {
    if (!this.#isComplete) return undefined;
    const { slot, claim, node, alive } = this.#names;
    const text = (key: string): string | undefined => this.#texts.get(key);
    return { slot: text(slot), claim: text(claim), node: text(node), alive: text(alive) };
  }

  /** Of any key. */
  change(key: string, text: string | undefined): void {
    if (!Object.values(this.#names).includes(key)) return;
    if (text === undefined) this.#texts.delete(key);
    else this.#texts.set(key, text);
  }

  replace(entries: ReadonlyMap<string, string>): void {
    this.#texts.clear();
    for (const key of Object.values(this.#names)) {
      const text = entries.get(key);
      if (text !== undefined) this.#texts.set(key, text);
    }
    this.#isComplete = true;
  }
}
