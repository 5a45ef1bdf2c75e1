// Contexts for test runs: what a program finds in `struct __sk_buff` and `struct xdp_md` (linux/bpf.h).
import { kernelStruct, type StructValues } from './kernel-struct.ts';

/** Up to the last member that a test run takes; those left out must be zero. */
export const skBuff = kernelStruct({
  length: 'u32',
  packetType: 'u32',
  mark: 'u32',
  queueMapping: 'u32',
  protocol: 'u32',
  vlanPresent: 'u32',
  vlanTci: 'u32',
  vlanProtocol: 'u32',
  priority: 'u32',
  ingressIfindex: 'u32',
  ifindex: 'u32',
  tcIndex: 'u32',
  cb0: 'u32',
  cb1: 'u32',
  cb2: 'u32',
  cb3: 'u32',
  cb4: 'u32',
  hash: 'u32',
  tcClassId: 'u32',
  data: 'u32',
  dataEnd: 'u32',
  napiId: 'u32',
  family: 'u32',
  remoteIp4: 'u32',
  localIp4: 'u32',
  remoteIp6a: 'bytes8',
  remoteIp6b: 'bytes8',
  localIp6a: 'bytes8',
  localIp6b: 'bytes8',
  remotePort: 'u32',
  localPort: 'u32',
  dataMeta: 'u32',
  flowKeys: 'u64',
  timestampNs: 'u64',
  wireLength: 'u32',
  gsoSegments: 'u32',
  socket: 'u64',
  gsoSize: 'u32',
});

export const xdpMd = kernelStruct({
  data: 'u32',
  dataEnd: 'u32',
  dataMeta: 'u32',
  ingressIfindex: 'u32',
  rxQueueIndex: 'u32',
  egressIfindex: 'u32',
});

type SkBuffFields = ReturnType<typeof skBuff.decode>;

/** What can be given to a test run; the rest of the context the kernel fills from the packet. */
export type SkBuffContext = Partial<
  Pick<
    SkBuffFields,
    | ('mark' | 'priority' | 'ingressIfindex' | 'ifindex' | 'timestampNs')
    | ('wireLength' | 'gsoSegments' | 'gsoSize')
    | ('cb0' | 'cb1' | 'cb2' | 'cb3' | 'cb4')
  >
>;

/** A `struct __sk_buff` for `testRun`; ifindexes are looked up in the network namespace of the run. */
export function skBuffContext(values: SkBuffContext): Uint8Array {
  return skBuff.encode(values).bytes;
}

/** Reads what a test run left. */
export function readSkBuffContext(context: Uint8Array): Readonly<SkBuffFields> {
  return skBuff.decode(context);
}

export interface XdpContext {
  /** Length of the packet with its metadata, bytes. */
  readonly length: number;
  /** How many of its first bytes are metadata; a multiple of 4. */
  readonly metadataLength?: number;
  readonly ingressIfindex?: number;
  readonly rxQueueIndex?: number;
}

/** A `struct xdp_md` for `testRun`. */
export function xdpContext({
  length,
  metadataLength = 0,
  ingressIfindex = 0,
  rxQueueIndex = 0,
}: XdpContext): Uint8Array {
  // The kernel wants offsets in place of pointers: packet from `data` to `dataEnd`, metadata before it.
  return xdpMd.encode({ data: metadataLength, dataEnd: length, ingressIfindex, rxQueueIndex }).bytes;
}

/** Reads what a test run left; lengths are offsets as in `xdpContext`. */
export function readXdpContext(
  context: Uint8Array,
): StructValues<{ data: 'u32'; dataEnd: 'u32'; dataMeta: 'u32' }> {
  return xdpMd.decode(context);
}
