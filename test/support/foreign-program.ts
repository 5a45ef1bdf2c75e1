// Programs that are not ours on a node's devices, counting what they are shown.
import { readFileSync } from 'node:fs';
import {
  loadObject,
  readObject,
  u32Codec,
  u64Codec,
  type ClsactFilter,
  type ClsactTarget,
  type TcxTarget,
} from 'libbpf-ts';
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

/** The port whose datagrams `putFilter`'s filter refuses. */
export const REFUSED_PORT = 7008;

/** Puts a filter on a clsact qdisc of the device, as others do; the device takes it along. */
export function putFilter(target: Omit<ClsactTarget, 'priority' | 'handle'>): ClsactFilter {
  using object = loadObject(readObject(readFileSync(objectPath('seen'))));
  return object.program('refuse').attachClsact({ ...target, priority: 10, handle: 1 });
}
