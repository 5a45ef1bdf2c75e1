// Programs that are not ours on a node's devices, counting what they are shown.
import { readFileSync } from 'node:fs';
import { loadObject, readObject, u32Codec, u64Codec, type TcxTarget } from 'libbpf-ts';
import { objectPath } from './bpf/object-path.ts';

interface Test {
  teardown(clean: () => void): void;
}

export interface ForeignProgram {
  readonly linkId: number;
  /** Packets shown to it so far. */
  seen(): number;
}

/** Attaches one more of them; it goes with the test. */
export function attachForeign(t: Test, target: TcxTarget): ForeignProgram {
  const object = loadObject(readObject(readFileSync(objectPath('seen'))));
  t.teardown(() => object[Symbol.dispose]());
  const link = object.program('seen').attachTcx(target);
  t.teardown(() => link[Symbol.dispose]());
  const packets = object.map('packets_seen').withCodecs(u32Codec, u64Codec);
  return { linkId: link.id, seen: () => Number(packets.get(0) ?? 0n) };
}
