// bpf(2) with its commands and the structs that they take (linux/bpf.h: enum bpf_cmd, union bpf_attr).
import { check } from './errors.ts';
import { Fd } from './fd.ts';
import { kernelStruct, type EncodedStruct } from './kernel-struct.ts';
import { native } from './native.ts';

export const Command = {
  MAP_CREATE: 0,
  PROG_LOAD: 5,
  OBJ_PIN: 6,
  OBJ_GET: 7,
  PROG_TEST_RUN: 10,
  PROG_GET_NEXT_ID: 11,
  MAP_GET_NEXT_ID: 12,
  PROG_GET_FD_BY_ID: 13,
  MAP_GET_FD_BY_ID: 14,
  OBJ_GET_INFO_BY_FD: 15,
  PROG_QUERY: 16,
  BTF_GET_FD_BY_ID: 19,
  MAP_FREEZE: 22,
  LINK_CREATE: 28,
  LINK_UPDATE: 29,
  LINK_GET_FD_BY_ID: 30,
  LINK_GET_NEXT_ID: 31,
  ENABLE_STATS: 32,
  ITER_CREATE: 33,
  LINK_DETACH: 34,
} as const;

/** What an error of the call says it was doing, and to what; and the network namespace to do it in. */
export interface CallContext {
  readonly operation: string;
  readonly subject: string;
  /** Path of a network namespace; the process's own if absent. */
  readonly netns?: string | undefined;
}

/** The call without judging its answer: -errno or ≥ 0. Answers that the kernel writes into `attr.bytes` are there. */
export function tryBpf(command: number, attr: EncodedStruct, netns?: string): number {
  return native().bpf(command, attr.bytes, attr.pointers, netns);
}

/** The call; throws what a negative answer means. */
export function bpf(command: number, attr: EncodedStruct, context: CallContext): number {
  return check(tryBpf(command, attr, context.netns), context.operation, context.subject);
}

/** The call, for commands that answer a new file descriptor. */
export function bpfFd(command: number, attr: EncodedStruct, context: CallContext): Fd {
  return new Fd(tryBpf(command, attr, context.netns), context.operation, context.subject);
}

const infoAttr = kernelStruct({ fd: 'u32', length: 'u32', info: 'pointer' });

/** Fills `info` with what the kernel knows about a map, program, link or BTF. */
export function readInfo(fd: Fd, info: EncodedStruct, subject: string): void {
  const attr = infoAttr.encode({ fd: fd.number, length: info.bytes.byteLength, info: info.bytes });
  const pointers = [...attr.pointers, ...info.pointers];
  bpf(Command.OBJ_GET_INFO_BY_FD, { bytes: attr.bytes, pointers }, { operation: 'read info of', subject });
}
