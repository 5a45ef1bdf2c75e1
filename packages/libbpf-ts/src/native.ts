// The addon, typed.
import { loadAddon } from './addon.ts';

/** A handle of the addon; what it is of is known by who made it. */
export type NativeHandle = object;

type Bytes = Uint8Array;

/** Every function answers a number ≥ 0 or a handle, and -errno for a failure. Buffers must have the right size. */
export interface Native {
  adoptFd(fd: number): NativeHandle | number;
  closeFd(fd: NativeHandle): number;
  fdNumber(fd: NativeHandle): number;
  takeLog(): string;

  openObject(elf: Bytes, name: string): NativeHandle | number;
  closeObject(object: NativeHandle): number;
  setMapValue(object: NativeHandle, map: string, value: Bytes): number;
  setMapMaxEntries(object: NativeHandle, map: string, maxEntries: number): number;
  reuseMap(object: NativeHandle, map: string, fd: NativeHandle): number;
  setProgramType(object: NativeHandle, program: string, type: number): number;
  setProgramAttachType(object: NativeHandle, program: string, type: number): number;
  setProgramAutoload(object: NativeHandle, program: string, autoload: 0 | 1): number;
  programAttachType(object: NativeHandle, program: string): number;
  loadObject(object: NativeHandle): number;
  mapFd(object: NativeHandle, map: string): number;
  programFd(object: NativeHandle, program: string): number;

  attachBySection(object: NativeHandle, program: string): NativeHandle | number;
  attachKprobe(...kprobe: KprobeArguments): NativeHandle | number;
  attachUprobe(...uprobe: UprobeArguments): NativeHandle | number;
  attachTracepoint(
    ...tracepoint: [object: NativeHandle, program: string, category: string, name: string, cookie: bigint]
  ): NativeHandle | number;
  attachRawTracepoint(object: NativeHandle, program: string, name: string): NativeHandle | number;
  attachPerfEvent(
    ...event: [object: NativeHandle, program: string, attr: Bytes, pid: number, cpu: number, cookie: bigint]
  ): NativeHandle | number;
  attachIterator(object: NativeHandle, program: string, over: Bytes | undefined): NativeHandle | number;
  /** A duplicate, the caller's own. */
  linkFd(link: NativeHandle): number;
  destroyLink(link: NativeHandle): number;
  abandonLink(link: NativeHandle): number;

  lookup(map: NativeHandle, key: Bytes, value: Bytes): number;
  update(map: NativeHandle, key: Bytes, value: Bytes, flags: number): number;
  deleteKey(map: NativeHandle, key: Bytes): number;
  nextKey(map: NativeHandle, key: Bytes | undefined, next: Bytes): number;
  /** Batches answer [-errno or 0, elements moved]. */
  lookupBatch(
    ...args: [
      map: NativeHandle,
      from: Bytes | undefined,
      to: Bytes,
      keys: Bytes,
      values: Bytes,
      count: number,
    ]
  ): [number, number];
  updateBatch(
    ...args: [map: NativeHandle, keys: Bytes, values: Bytes, count: number, flags: number]
  ): [number, number];
  deleteBatch(map: NativeHandle, keys: Bytes, count: number): [number, number];
  writeMemory(map: NativeHandle, size: number, offset: number, bytes: Bytes): number;
  possibleCpus(): number;

  /** bpf(2): `pointers` repeats (struct, offset in it, bytes whose address is written there). */
  bpf(command: number, attr: Bytes, pointers: readonly (number | Bytes)[], netns: string | undefined): number;

  clsactCreate(...filter: ClsactArguments): number;
  clsactAttach(...filter: ClsactArguments): number;
  clsactDetach(...filter: ClsactArguments): number;
  clsactQuery(...filter: ClsactArguments): number;

  openRingBuffer(map: NativeHandle, onBatch: (batch: Uint8Array) => void): NativeHandle | number;
  closeRingBuffer(ring: NativeHandle): number;
  consumeRingBuffer(ring: NativeHandle): number;
  pauseRingBuffer(ring: NativeHandle): number;
  resumeRingBuffer(ring: NativeHandle): number;
  unrefRingBuffer(ring: NativeHandle): number;

  synchronizeRcu(): number;
  /** Calls back once, with 0 or -errno. */
  synchronizeRcuLater(onEnd: (result: number) => void): number;
}

export type KprobeArguments = [
  object: NativeHandle,
  program: string,
  symbol: string,
  offset: number,
  atReturn: 0 | 1,
  cookie: bigint,
];

export type UprobeArguments = [
  object: NativeHandle,
  program: string,
  path: string,
  symbol: string | undefined,
  offset: bigint,
  atReturn: 0 | 1,
  pid: number,
  cookie: bigint,
];

export type ClsactArguments = [
  ifindex: number,
  attachPoint: number,
  program: NativeHandle | undefined,
  priority: number,
  handle: number,
  netns: string | undefined,
];

let loaded: Native | undefined;

/** Loads the addon at its first use, so that reading objects and layouts needs no native code. */
export function native(): Native {
  loaded ??= loadAddon() as Native;
  return loaded;
}
