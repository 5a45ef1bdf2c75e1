// A ring buffer's records by `for await`: what the loop does not keep up with stays in the kernel's buffer.
import type { Codec } from './codec.ts';
import type { BpfMap } from './map.ts';
import { decodeRecords, RingBuffer } from './ring-buffer.ts';

export interface ReadOptions<T> {
  /** Records too short for it, which another version of the program wrote, are left out. */
  readonly codec: Codec<T>;
  /** Ends the loop, without an error, once what was read before is through. */
  readonly signal?: AbortSignal;
}

/**
 * The records of a ring buffer, decoded, from now on; leaving the loop ends the subscription. At most one batch, a megabyte, is
 * read ahead: a program whose `bpf_ringbuf_reserve` fails knows that no reader keeps up.
 */
export async function* readRingBuffer<T>(
  map: BpfMap,
  { codec, signal }: ReadOptions<T>,
): AsyncGenerator<T, void> {
  let batch: T[] = [];
  let wake: () => void = () => undefined;
  const ring = new RingBuffer(map, records => {
    batch = decodeRecords(records, codec);
    ring.pause();
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    while (signal?.aborted !== true) {
      if (batch.length === 0) await new Promise<void>(resolve => (wake = resolve));
      yield* batch;
      batch = [];
      ring.resume();
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    ring[Symbol.dispose]();
  }
}
