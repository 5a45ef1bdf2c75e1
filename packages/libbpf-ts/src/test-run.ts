// BPF_PROG_TEST_RUN: a loaded program run over a packet that we give it.
import { bpf, Command } from './bpf-call.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';

/** union bpf_attr, member `test`. */
export const testRunAttr = kernelStruct({
  programFd: 'u32',
  returnValue: 'u32',
  dataSizeIn: 'u32',
  dataSizeOut: 'u32',
  dataIn: 'pointer',
  dataOut: 'pointer',
  repeat: 'u32',
  durationNs: 'u32',
  contextSizeIn: 'u32',
  contextSizeOut: 'u32',
  contextIn: 'pointer',
  contextOut: 'pointer',
  flags: 'u32',
  cpu: 'u32',
  batchSize: 'u32',
});

/** BPF_F_TEST_XDP_LIVE_FRAMES */
const LIVE_FRAMES = 1 << 1;

/** Room for what a program adds to a packet, and for what a newer kernel adds to a context: ENOSPC otherwise. Bytes. */
const GROWTH = 1024;

export interface TestRunOptions {
  /** The packet, from its Ethernet header; not all program types take one. */
  readonly data?: Uint8Array;
  /** `struct __sk_buff`, `struct xdp_md` …, as the program shall see it. */
  readonly context?: Uint8Array;
  /** How often; the duration is the mean of one run. */
  readonly repeat?: number;
  /** XDP: what the program does with the packet happens (it is sent, redirected, handed to the stack). */
  readonly liveFrames?: boolean;
  /** XDP with live frames: packets per batch, at most 256. */
  readonly batchSize?: number;
  /** Run as if inside this network namespace (a path). */
  readonly netns?: string;
}

export interface TestRunResult {
  /** As the program returned it, signed: `TCX_NEXT` is -1. */
  readonly returnValue: number;
  /** The packet afterwards; empty with live frames. */
  readonly data: Uint8Array;
  /** The context afterwards; empty if none was given. */
  readonly context: Uint8Array;
  readonly durationNs: number;
}

export function testRun(fd: Fd, name: string, options: TestRunOptions): TestRunResult {
  const { data, context, repeat = 1, liveFrames = false, batchSize = 0, netns } = options;
  // With live frames the packet is gone afterwards; the kernel refuses room for it.
  const dataOut = new Uint8Array(data === undefined || liveFrames ? 0 : data.byteLength + GROWTH);
  const contextOut = new Uint8Array(context === undefined || liveFrames ? 0 : context.byteLength + GROWTH);
  const attr = testRunAttr.encode({
    ...{ programFd: fd.number, repeat, batchSize, flags: liveFrames ? LIVE_FRAMES : 0 },
    ...(data === undefined ? {} : { dataIn: data, dataSizeIn: data.byteLength }),
    ...(dataOut.byteLength === 0 ? {} : { dataOut, dataSizeOut: dataOut.byteLength }),
    ...(context === undefined ? {} : { contextIn: context, contextSizeIn: context.byteLength }),
    ...(contextOut.byteLength === 0 ? {} : { contextOut, contextSizeOut: contextOut.byteLength }),
  });
  bpf(Command.PROG_TEST_RUN, attr, { operation: 'program test run', subject: name, netns });
  const answer = testRunAttr.decode(attr.bytes);
  return {
    returnValue: answer.returnValue | 0,
    data: dataOut.subarray(0, dataOut.byteLength === 0 ? 0 : answer.dataSizeOut),
    context: contextOut.subarray(0, contextOut.byteLength === 0 ? 0 : answer.contextSizeOut),
    durationNs: answer.durationNs,
  };
}
