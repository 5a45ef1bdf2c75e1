// Keys and ranges of keys. etcd's are bytes in bytewise order; ours are text, in UTF-8, but others may have written any.

export interface KeyRange {
  readonly key: Uint8Array;
  /** The first key after the range; absent: the one key alone. */
  readonly rangeEnd?: Uint8Array;
}

export function oneKey(key: string | Uint8Array): KeyRange {
  return { key: Buffer.from(key) };
}

/** All keys that begin with it, which is not empty. */
export function prefixRange(prefix: string): KeyRange {
  const key = Buffer.from(prefix);
  const rangeEnd = Buffer.from(key); // no byte of UTF-8 is 0xff
  rangeEnd[rangeEnd.length - 1] = (rangeEnd.at(-1) ?? 0) + 1;
  return { key, rangeEnd };
}

/** What of the range comes after that key: its bytes, which its text may not have. */
export function rangeAfter(range: KeyRange, key: Uint8Array): KeyRange {
  return { ...range, key: Buffer.concat([key, Buffer.of(0)]) };
}
