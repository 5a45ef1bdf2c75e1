// A ring buffer's records on the event loop: one wake and one call into JavaScript for all that is readable.
import type { Codec } from './codec.ts';
import { viewOf } from './elf.ts';
import { check, systemError } from './errors.ts';
import type { BpfMap } from './map.ts';
import { native, type NativeHandle } from './native.ts';

/** Owns the subscription, not the map. Keeps the event loop alive until disposed or `unref`. */
export class RingBuffer {
  /** Open ones: the garbage collector would close one that only the event loop still knows. */
  static readonly #open = new Set<RingBuffer>();
  readonly #handle: NativeHandle;

  /** Calls `onRecords` with each batch of records, in order; they are copies. */
  constructor(map: BpfMap, onRecords: (records: readonly Uint8Array[]) => void) {
    const handle = native().openRingBuffer(map.fd.handle, batch => onRecords(splitBatch(batch)));
    if (typeof handle === 'number') throw systemError(handle, 'open ring buffer', map.name);
    this.#handle = handle;
    RingBuffer.#open.add(this);
  }

  /** Delivers what is readable now, without waiting for the event loop; EBADF once disposed. */
  consume(): void {
    check(native().consumeRingBuffer(this.#handle), 'consume', 'ring buffer');
  }

  /** Leaves records in the kernel's buffer, for a while: programs count what no longer fits. */
  pause(): void {
    native().pauseRingBuffer(this.#handle);
  }

  resume(): void {
    native().resumeRingBuffer(this.#handle);
  }

  /** The event loop may end although this is open. */
  unref(): this {
    native().unrefRingBuffer(this.#handle);
    return this;
  }

  /** Ends the subscription; a second time does nothing. */
  [Symbol.dispose](): void {
    native().closeRingBuffer(this.#handle);
    RingBuffer.#open.delete(this);
  }
}

/** Records decoded; those too short for the codec, which another program version wrote, are left out. */
export function decodeRecords<T>(records: readonly Uint8Array[], codec: Codec<T>): T[] {
  return records.filter(record => record.byteLength >= codec.size).map(record => codec.decode(record, 0));
}

/** Each record: its length (u32), its bytes, padding to 4 bytes. */
function splitBatch(batch: Uint8Array): Uint8Array[] {
  const view = viewOf(batch);
  const records: Uint8Array[] = [];
  for (let at = 0; at < batch.byteLength;) {
    const length = view.getUint32(at, true);
    records.push(batch.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return records;
}
