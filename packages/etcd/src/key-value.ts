// A key with its value and history, as text and plain numbers.
import type { mvccpb } from './rpc.gen.js';

export interface KeyValue {
  /** With U+FFFD for what is no UTF-8: `keyBytes` is the key. */
  readonly key: string;
  readonly keyBytes: Uint8Array;
  readonly value: string;
  /** Revision at which the key was made, and of its last change. */
  readonly createRevision: number;
  readonly modRevision: number;
  /** Changes since it was made; 0: it was deleted. */
  readonly version: number;
}

export function keyValueOf(message: mvccpb.IKeyValue | null | undefined): KeyValue {
  return {
    key: textOf(message?.key),
    keyBytes: Uint8Array.from(message?.key ?? []), // not a view, which would keep the whole answer
    value: textOf(message?.value),
    createRevision: message?.createRevision ?? 0,
    modRevision: message?.modRevision ?? 0,
    version: message?.version ?? 0,
  };
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString() : '';
}
