// A key with its value and history, as text and plain numbers.
import type { mvccpb } from './rpc.gen.js';

export interface KeyValue {
  readonly key: string;
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
    value: textOf(message?.value),
    createRevision: message?.createRevision ?? 0,
    modRevision: message?.modRevision ?? 0,
    version: message?.version ?? 0,
  };
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString() : '';
}
