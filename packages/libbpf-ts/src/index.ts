// libbpf-ts: BPF for Node. Reading objects is pure; loading and everything after touches the kernel.
export type { CgroupTarget, NetfilterTarget, NetnsTarget, XdpTarget } from './attach.ts';
export type {
  IteratorTarget,
  KprobeTarget,
  PerfEventTarget,
  TracepointTarget,
  UprobeTarget,
} from './attach-libbpf.ts';
export { btfDoc, btfResolve, btfTags, btfType, btfTypeNamed } from './btf.ts';
export { btfOfKernel } from './btf-kernel.ts';
export { parseBtf } from './btf-reader.ts';
export type * from './btf-types.ts';
export { clsactFilter, type ClsactFilter, type ClsactTarget } from './clsact.ts';
export { bytesCodec, codecOf, u32Codec, u64Codec, type Codec, type NamedCodecs } from './codec.ts';
export { compareKeyLayouts, compareStoredLayouts } from './compare-stored.ts';
export { compareLayouts } from './compare-layouts.ts';
export { compareMaps, type ComparableMap } from './compare-maps.ts';
export { initialSections, type VariableValues } from './data-sections.ts';
export { emitEnum, type EnumDocs } from './emit-enum.ts';
export { BpfError, type BpfErrorCode, type BpfErrorDetail } from './errors.ts';
export { generateModule, type GenerateOptions } from './generate.ts';
export { linkById, linkIds, mapById, mapIds, programById, programIds } from './ids.ts';
export {
  layoutOf,
  type ArrayLayout,
  type EnumLayout,
  type IntLayout,
  type Layout,
  type MemberLayout,
  type OpaqueLayout,
  type StructLayout,
} from './layout.ts';
export { Link } from './link.ts';
export type { LinkInfo } from './link-info.ts';
export { runIterator } from './iterator.ts';
export { loadObject } from './load.ts';
export { LoadedObject } from './loaded-object.ts';
export { BpfMap } from './map.ts';
export { perCpu, possibleCpus, referenceCodec, type MapCodecs, type MapReference } from './map-codecs.ts';
export type { MapDefinition } from './map-create.ts';
export type { MapInfo, MapLayouts } from './map-info.ts';
export type { MapSpec } from './map-spec.ts';
export { MapFlag, mapTypeName, MapType, UpdateFlag } from './map-types.ts';
export { camelCase } from './names.ts';
export { readObject, type ObjectSpec, type ProgramSpec } from './object-spec.ts';
export type { LoadOptions, ObjectTypes } from './object-types.ts';
export type { PerfEvent, PerfEventName } from './perf-event.ts';
export { unpin } from './pin.ts';
export { Program } from './program.ts';
export type { ProgramInfo } from './program-info.ts';
export { AttachType, ProgramType, type ProgramKind } from './program-types.ts';
export { synchronizeRcu, synchronizeRcuSync } from './rcu.ts';
export { decodeRecords, RingBuffer } from './ring-buffer.ts';
export { readRingBuffer, type ReadOptions } from './ring-buffer-reader.ts';
export { enableRunStatistics } from './statistics.ts';
export {
  queryTcx,
  type Direction,
  type TcxChain,
  type TcxEntry,
  type TcxNeighbour,
  type TcxPlacement,
  type TcxTarget,
} from './tcx.ts';
export type { TestRunOptions, TestRunResult } from './test-run.ts';
export {
  readSkBuffContext,
  readXdpContext,
  skBuffContext,
  xdpContext,
  type SkBuffContext,
  type XdpContext,
} from './test-run-context.ts';
export { enumeratorPrefix, jsDoc, typeName } from './typescript-names.ts';
export { emitInterface, valueType, type MemberOptions, type NamedTypes } from './typescript-types.ts';
export { supportsLinkUpdate, supportsProgramKind } from './probe.ts';
export { Variable } from './variable.ts';
export type { VariableSpec } from './variable-spec.ts';
