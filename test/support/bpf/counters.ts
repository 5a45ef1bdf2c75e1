// hd_metrics between two moments: which verdict was counted, how often, with how many bytes.
import { bytesCodec, possibleCpus, u32Codec, type BpfMap } from 'libbpf-ts';
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

/** Values stay bytes: almost none of them has changed, and this is read after every packet. */
export function countersOf(map: BpfMap, names: Enumerators): Counters {
  const raw = map.withCodecs(u32Codec, bytesCodec(METRICS_BYTES * possibleCpus()));
  const read = (): Map<number, Buffer> =>
    new Map([...raw.entries()].map(([index, value]) => [index, Buffer.from(value)]));
  let before = read();
  return {
    take: () => {
      const after = read();
      const risen = [...after].flatMap(([index, now]) => {
        const then = before.get(index) ?? Buffer.alloc(now.length);
        return now.equals(then) ? [] : [{ ...nameOf(index, names), ...difference(then, now) }];
      });
      before = after;
      return risen;
    },
  };
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
