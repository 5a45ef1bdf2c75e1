// Asking the running kernel what it knows, by trying what changes nothing.
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
const NO_FD = 0xffff_ffff;
const linkUpdateAttr = kernelStruct({
  linkFd: 'u32',
  newProgramFd: 'u32',
  flags: 'u32',
  oldProgramFd: 'u32',
});

/** Whether a link's program can be replaced: a kernel that can complains of the descriptor, another of the command. */
export function supportsLinkUpdate(): boolean {
  return (
    tryBpf(Command.LINK_UPDATE, linkUpdateAttr.encode({ linkFd: NO_FD, newProgramFd: NO_FD })) !== EINVAL
  );
}
