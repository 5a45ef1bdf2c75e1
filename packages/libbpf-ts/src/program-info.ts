// What the kernel says about a loaded program.
import { readInfo } from './bpf-call.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';

/** struct bpf_prog_info, up to the verifier's count. */
export const programInfoStruct = kernelStruct({
  type: 'u32',
  id: 'u32',
  tag: 'bytes8',
  jitedLength: 'u32',
  translatedLength: 'u32',
  jited: 'pointer',
  translated: 'pointer',
  loadTimeNs: 'u64',
  createdByUid: 'u32',
  mapCount: 'u32',
  mapIds: 'pointer',
  name: 'text16',
  ifindex: 'u32',
  gplCompatible: 'u32',
  netnsDevice: 'u64',
  netnsInode: 'u64',
  jitedSymbolCount: 'u32',
  jitedFunctionCount: 'u32',
  jitedSymbols: 'pointer',
  jitedFunctions: 'pointer',
  btfId: 'u32',
  functionInfoSize: 'u32',
  functionInfo: 'pointer',
  functionInfoCount: 'u32',
  lineInfoCount: 'u32',
  lineInfo: 'pointer',
  jitedLineInfo: 'pointer',
  jitedLineInfoCount: 'u32',
  lineInfoSize: 'u32',
  jitedLineInfoSize: 'u32',
  programTagCount: 'u32',
  programTags: 'pointer',
  runTimeNs: 'u64',
  runCount: 'u64',
  recursionMisses: 'u64',
  verifiedInstructions: 'u32',
});

const INSTRUCTION_BYTES = 8;

export interface ProgramInfo {
  readonly id: number;
  /** At most 15 bytes of the name; longer ones are cut by the kernel. */
  readonly name: string;
  /** As in `ProgramType`. */
  readonly type: number;
  /** Hash of the instructions, as bpftool prints it: 16 hex digits. */
  readonly tag: string;
  /** Time of the load, nanoseconds since boot. */
  readonly loadTimeNs: bigint;
  /** Counted only while statistics are on (sysctl kernel.bpf_stats_enabled). */
  readonly runTimeNs: bigint;
  readonly runCount: bigint;
  /** Instructions that the verifier walked: the program's cost at load. */
  readonly verifiedInstructions: number;
  /** Of the program as the verifier left it, 8 bytes each. */
  readonly instructions: number;
  /** Of machine code; 0 where programs are interpreted. */
  readonly jitedBytes: number;
  readonly mapIds: readonly number[];
}

export function readProgramInfo(fd: Fd, subject: string): ProgramInfo {
  const buffer = programInfoStruct.encode({});
  readInfo(fd, buffer, subject);
  const { id, name, type, tag, loadTimeNs, runTimeNs, runCount, ...rest } = programInfoStruct.decode(
    buffer.bytes,
  );
  const { verifiedInstructions, translatedLength, jitedLength, mapCount } = rest;
  return {
    ...{ id, name, type, loadTimeNs, runTimeNs, runCount, verifiedInstructions },
    ...{ instructions: translatedLength / INSTRUCTION_BYTES, jitedBytes: jitedLength },
    tag: Buffer.from(tag).toString('hex'),
    mapIds: readMapIds(fd, mapCount, subject),
  };
}

/** The ids need room that only a first call tells. */
function readMapIds(fd: Fd, mapCount: number, subject: string): number[] {
  const ids = Buffer.alloc(mapCount * 4);
  if (mapCount > 0) readInfo(fd, programInfoStruct.encode({ mapCount, mapIds: ids }), subject);
  return Array.from({ length: mapCount }, (_, index) => ids.readUInt32LE(index * 4));
}
