// Asking the running kernel whether it knows a kind of program, by loading the smallest one.
import { Command, tryBpf } from './bpf-call.ts';
import { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';
import type { ProgramKind } from './program-types.ts';

/** union bpf_attr of BPF_PROG_LOAD, up to the expected attach type. */
export const programLoadAttr = kernelStruct({
  type: 'u32',
  instructionCount: 'u32',
  instructions: 'pointer',
  license: 'pointer',
  logLevel: 'u32',
  logSize: 'u32',
  log: 'pointer',
  kernelVersion: 'u32',
  flags: 'u32',
  name: 'text16',
  ifindex: 'u32',
  attachType: 'u32',
});

/** `r0 = 1; exit`: every kind of program may return 1. */
const RETURN_ONE = Buffer.from('b700000001000000' + '9500000000000000', 'hex');

/** Whether the kernel loads programs of this kind; EPERM and the like are thrown. */
export function supportsProgramKind(kind: ProgramKind): boolean {
  const attr = programLoadAttr.encode({
    ...{ type: kind.type, attachType: kind.attachType ?? 0, instructionCount: 2 },
    ...{ instructions: RETURN_ONE, license: Buffer.from('GPL\0') },
  });
  const result = tryBpf(Command.PROG_LOAD, attr);
  if (result === EINVAL) return false;
  new Fd(result, 'probe program type', String(kind.type))[Symbol.dispose]();
  return true;
}

const EINVAL = -22;
