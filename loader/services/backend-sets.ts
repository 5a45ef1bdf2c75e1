// Lists of backends, numbered by what is in them: Services with equal lists share one, and a restart finds the same numbers.
import { digest, StableIds } from '../collections/stable-ids.ts';
import type { Backend, BackendSet } from './service-rows.ts';

/** 0 is the empty list's. */
const FIRST = 1;

export const EMPTY_SET: BackendSet = { number: 0, key: '', backends: [] };

interface Held {
  readonly set: BackendSet;
  users: number;
}

export class BackendSets {
  readonly #ids = new StableIds(FIRST);
  readonly #held = new Map<string, Held>();

  /** The maps have that list under that number, from an earlier process. */
  remember(number: number, backends: readonly Backend[]): void {
    this.#ids.adopt(keyOf(backends), number);
  }

  /** `backends` in any order, each once. */
  acquire(backends: readonly Backend[]): BackendSet {
    if (backends.length === 0) return EMPTY_SET;
    const sorted = backends.length === 1 ? backends : [...backends].sort(byPlace);
    const key = keyOf(sorted);
    const held = this.#held.get(key) ?? this.#make(key, sorted);
    held.users++;
    return held.set;
  }

  release({ key }: BackendSet): void {
    const held = this.#held.get(key);
    if (held !== undefined && --held.users === 0) this.#held.delete(key);
  }

  isHeld({ key }: BackendSet): boolean {
    return this.#held.has(key);
  }

  /** The maps do not have it any more: another list may get its number. */
  forget(set: BackendSet): void {
    if (!this.isHeld(set)) this.#ids.free(set.key);
  }

  #make(key: string, backends: readonly Backend[]): Held {
    const held = { set: { number: this.#ids.allocate(key), key, backends }, users: 0 };
    this.#held.set(key, held);
    return held;
  }
}

/** The order of slots: by address, then by port. */
export function byPlace(a: Backend, b: Backend): number {
  if (a.addr !== b.addr) return a.addr < b.addr ? -1 : 1;
  return a.port - b.port;
}

export function textOf({ addr, port }: Backend): string {
  return `${addr} ${port}`;
}

/** Of a list in the order of its slots. */
function keyOf(backends: readonly Backend[]): string {
  return digest(backends.map(textOf).join(','));
}
