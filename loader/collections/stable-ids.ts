// Numbers derived from content: equal content has an equal number in every process and on every node.
import { createHash } from 'node:crypto';

/** 32 bits of a text. */
export type TextHash = (text: string) => number;

const SHORT = 43;

/** Of a number from its content's hash: as many collisions in a row do not happen. */
const MAX_DISTANCE = 16;

/**
 * Collisions are rare (one pair in a table of 90,000), but they happen: the second content gets the next free number,
 * since an allocated number never changes its meaning.
 */
export class StableIds {
  readonly #first: number;
  readonly #hash: TextHash;
  readonly #byContent = new Map<string, number>();
  readonly #taken = new Set<number>();

  constructor(first: number, hash: TextHash = hash32) {
    this.#first = first;
    this.#hash = hash;
  }

  allocate(content: string): number {
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    let number = this.#hash(content) >>> 0;
    while (number < this.#first || this.#taken.has(number)) number = (number + 1) >>> 0;
    this.#byContent.set(content, number);
    this.#taken.add(number);
    return number;
  }

  /**
   * The number that another process allocated for it. Refused, if the content cannot have got it: it was of another content of
   * the same name, or of none of ours.
   */
  adopt(content: string, number: number): boolean {
    const distance = (number - this.#hash(content)) >>> 0;
    if (number < this.#first || distance > MAX_DISTANCE || this.#taken.has(number)) return false;
    if (this.#byContent.has(content)) return false;
    this.#byContent.set(content, number);
    this.#taken.add(number);
    return true;
  }

  free(content: string): void {
    const number = this.#byContent.get(content);
    if (number === undefined) return;
    this.#byContent.delete(content);
    this.#taken.delete(number);
  }
}

/** MurmurHash3's steps over the text's code units. */
export function hash32(text: string): number {
  let hash = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    let unit = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    unit = Math.imul((unit << 15) | (unit >>> 17), 0x1b873593);
    hash ^= unit;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A short key for a text: the text itself if it is short, else its SHA-256. Collision-free. */
export function digest(text: string): string {
  return text.length < SHORT ? text : createHash('sha256').update(text).digest('base64url');
}
