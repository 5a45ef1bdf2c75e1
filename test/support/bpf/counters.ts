// hd_metrics between two moments: which verdict was counted, how often, with how many bytes.
import { possibleCpus, type BpfMap } from 'libbpf-ts';
import type { Enumerators } from './enumerators.ts';

export interface Counted {
  readonly hook: string;
  readonly verdict: string;
  readonly packets: number;
  readonly bytes: number;
}

export interface Counters {
  /** Every counter that rose since the last call, as `enum hook` and `enum verdict` name it. */
  take(): readonly Counted[];
}

/** struct metrics: packets and bytes, 64 bits each. */
const METRICS_BYTES = 16;

/** Almost none of them has changed, and this is read after every packet: values stay bytes, and are compared many at once. */
export function countersOf(map: BpfMap, names: Enumerators): Counters {
  const size = METRICS_BYTES * possibleCpus();
  let before = valuesOf(map, size);
  return {
    take: () => {
      const after = valuesOf(map, size);
      const risen = changedElements(before, after, size).map(index => {
        const [then, now] = [before, after].map(all => all.subarray(index * size, (index + 1) * size));
        return { ...nameOf(index, names), ...difference(then ?? EMPTY, now ?? EMPTY) };
      });
      before = after;
      return risen;
    },
  };
}

const EMPTY = Buffer.alloc(0);

/** The values of an array as they lie in the kernel's answers, one after the other. */
function valuesOf(map: BpfMap, size: number): Buffer {
  const answers: Uint8Array[] = [];
  const raw = map.withCodecs(UNREAD_KEY, {
    ...{ size, encode: onlyRead },
    decode: (source, offset) => {
      if (offset === 0) answers.push(source);
    },
  });
  Array.from(raw.keys());
  return Buffer.concat(answers);
}

function onlyRead(): never {
  throw new Error('the counters are only read');
}

const UNREAD_KEY = { size: 4, encode: onlyRead, decode: () => undefined };

/** Of a comparison that finds no difference in most cases. */
const ELEMENTS_AT_ONCE = 32;

/** Indices of those that differ. */
function changedElements(before: Buffer, after: Buffer, size: number): number[] {
  const differs = (from: number, to: number): boolean =>
    before.compare(after, from * size, to * size, from * size, to * size) !== 0;
  const changed: number[] = [];
  const count = after.length / size;
  for (let from = 0; from < count; from += ELEMENTS_AT_ONCE) {
    const to = Math.min(from + ELEMENTS_AT_ONCE, count);
    if (!differs(from, to)) continue;
    for (let index = from; index < to; index++) if (differs(index, index + 1)) changed.push(index);
  }
  return changed;
}

function nameOf(index: number, names: Enumerators): { hook: string; verdict: string } {
  const perHook = names.valueOf('VERDICT_MAX');
  return {
    hook: names.namesOf('hook')[Math.floor(index / perHook)] ?? `hook ${index}`,
    verdict: names.namesOf('verdict')[index % perHook] ?? `index ${index}`,
  };
}

/** Summed over CPUs. */
function difference(then: Buffer, now: Buffer): { packets: number; bytes: number } {
  let [packets, bytes] = [0, 0];
  for (let at = 0; at < now.length; at += METRICS_BYTES) {
    packets += Number(now.readBigUInt64LE(at) - then.readBigUInt64LE(at));
    bytes += Number(now.readBigUInt64LE(at + 8) - then.readBigUInt64LE(at + 8));
  }
  return { packets, bytes };
}
