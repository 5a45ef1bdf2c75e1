// What the kernel says about a link: which program, attached where.
import { readInfo } from './bpf-call.ts';
import { viewOf } from './elf.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';

/** linux/bpf.h: enum bpf_link_type, those that this package makes. */
export const LinkType = {
  RAW_TRACEPOINT: 1,
  TRACING: 2,
  CGROUP: 3,
  ITERATOR: 4,
  NETNS: 5,
  XDP: 6,
  PERF_EVENT: 7,
  NETFILTER: 10,
  TCX: 11,
} as const;

/** struct bpf_link_info: what all links have, then the union, of which `place` is the widest member used. */
const linkInfoStruct = kernelStruct({
  type: 'u32',
  id: 'u32',
  programId: 'u32',
  alignment: 'u32',
  place0: 'u32',
  place1: 'u32',
  place2: 's32',
  place3: 'u32',
  rest: 'u64',
  rest2: 'u64',
});

interface LinkInfoBase {
  readonly id: number;
  /** 0 once the link is detached in some of its types. */
  readonly programId: number;
}

/** Ifindexes are 0 once the device or the link is gone. */
export type LinkInfo = LinkInfoBase &
  (
    | { readonly kind: 'tcx'; readonly ifindex: number; readonly attachType: number }
    | { readonly kind: 'xdp'; readonly ifindex: number }
    | { readonly kind: 'cgroup'; readonly cgroupId: bigint; readonly attachType: number }
    | {
        readonly kind: 'netfilter';
        readonly family: number;
        readonly hook: number;
        readonly priority: number;
      }
    | { readonly kind: 'raw-tracepoint' | 'iterator' | 'perf-event' }
    | { readonly kind: 'tracing'; readonly attachType: number }
    | { readonly kind: 'netns'; readonly netnsInode: number; readonly attachType: number }
    | { readonly kind: 'other'; readonly type: number }
  );

export function readLinkInfo(fd: Fd, subject: string): LinkInfo {
  const buffer = linkInfoStruct.encode({});
  readInfo(fd, buffer, subject);
  const info = linkInfoStruct.decode(buffer.bytes);
  const { id, programId } = info;
  switch (info.type) {
    case LinkType.TCX:
      return { id, programId, kind: 'tcx', ifindex: info.place0, attachType: info.place1 };
    case LinkType.XDP:
      return { id, programId, kind: 'xdp', ifindex: info.place0 };
    case LinkType.RAW_TRACEPOINT:
      return { id, programId, kind: 'raw-tracepoint' };
    case LinkType.ITERATOR:
      return { id, programId, kind: 'iterator' };
    case LinkType.PERF_EVENT:
      return { id, programId, kind: 'perf-event' };
    case LinkType.TRACING:
      return { id, programId, kind: 'tracing', attachType: info.place0 };
    case LinkType.NETNS:
      return { id, programId, kind: 'netns', netnsInode: info.place0, attachType: info.place1 };
    case LinkType.CGROUP: {
      const cgroupId = viewOf(buffer.bytes).getBigUint64(16, true);
      return { id, programId, kind: 'cgroup', cgroupId, attachType: info.place2 };
    }
    case LinkType.NETFILTER:
      return {
        id,
        programId,
        kind: 'netfilter',
        family: info.place0,
        hook: info.place1,
        priority: info.place2,
      };
    default:
      return { id, programId, kind: 'other', type: info.type };
  }
}
