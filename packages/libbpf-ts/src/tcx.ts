// tcx (kernel 6.6): programs of a device's ingress and egress, in an order that each link chooses.
import { Command, tryBpf } from './bpf-call.ts';
import { BpfError, systemError, unsupported } from './errors.ts';
import { Fd } from './fd.ts';
import { kernelStruct, type EncodedStruct } from './kernel-struct.ts';
import { Link } from './link.ts';
import { AttachType } from './program-types.ts';

export const tcxCreateAttr = kernelStruct({
  programFd: 'u32',
  ifindex: 'u32',
  attachType: 'u32',
  flags: 'u32',
  relative: 'u32',
  alignment: 'u32',
  expectedRevision: 'u64',
});
export const tcxQueryAttr = kernelStruct({
  ifindex: 'u32',
  attachType: 'u32',
  queryFlags: 'u32',
  attachFlags: 'u32',
  programIds: 'pointer',
  count: 'u32',
  alignment: 'u32',
  programFlags: 'pointer',
  linkIds: 'pointer',
  linkFlags: 'pointer',
  revision: 'u64',
});

/** linux/bpf.h: BPF_F_BEFORE, BPF_F_AFTER, BPF_F_ID, BPF_F_LINK. */
const BEFORE = 1 << 3;
const AFTER = 1 << 4;
const BY_ID = 1 << 5;
const RELATIVE_LINK = 1 << 13;

const EINVAL = -22;
const ENOSPC = -28;
const TCX = { name: 'tcx', minimumKernel: '6.6' };

export type Direction = 'ingress' | 'egress';

/** A neighbour in the order: a link, or a program attached without one, by object or by id. */
export type TcxNeighbour = Link | { readonly linkId: number } | { readonly programId: number };

export interface TcxPlacement {
  /** Just before this one. */
  readonly before?: TcxNeighbour;
  /** Just after this one. */
  readonly after?: TcxNeighbour;
  /** Before all others; without any placement the program goes behind them. */
  readonly first?: boolean;
  /** Refuse with ESTALE if the order has changed since `queryTcx` returned this revision. */
  readonly expectedRevision?: bigint;
}

export interface TcxTarget extends TcxPlacement {
  readonly ifindex: number;
  readonly direction: Direction;
  /** Path of the network namespace that the device is in. */
  readonly netns?: string;
}

export interface TcxEntry {
  readonly programId: number;
  /** 0 for a program attached without a link. */
  readonly linkId: number;
}

/** The programs in the order in which packets meet them. */
export interface TcxChain extends Array<TcxEntry> {
  /** Changes with every change of the order. */
  readonly revision: bigint;
}

function attachTypeOf(direction: Direction): number {
  return direction === 'ingress' ? AttachType.TCX_INGRESS : AttachType.TCX_EGRESS;
}

export function attachTcx(program: Fd, target: TcxTarget): Link {
  const { ifindex, direction, netns, expectedRevision = 0n } = target;
  const attr = tcxCreateAttr.encode({
    ...{ programFd: program.number, ifindex, attachType: attachTypeOf(direction), expectedRevision },
    ...placement(target),
  });
  const context = { operation: 'attach tcx', subject: `device ${ifindex} ${direction}`, netns };
  const result = tryBpf(Command.LINK_CREATE, attr, netns);
  if (result === EINVAL && !hasTcx()) throw unsupported(context.operation, context.subject, TCX);
  return new Link(new Fd(result, context.operation, context.subject));
}

function placement({ before, after, first = false }: TcxPlacement): { flags: number; relative: number } {
  if ([before !== undefined, after !== undefined, first].filter(Boolean).length > 1) {
    throw new BpfError('EINVAL', 'attach tcx', 'placement', { text: 'only one of before, after and first' });
  }
  // The kernel reads "before nothing" as first of all.
  if (first) return { flags: BEFORE, relative: 0 };
  const neighbour = before ?? after;
  if (neighbour === undefined) return { flags: 0, relative: 0 };
  const side = before === undefined ? AFTER : BEFORE;
  if (neighbour instanceof Link) return { flags: side | RELATIVE_LINK, relative: neighbour.fd.number };
  return 'linkId' in neighbour
    ? { flags: side | BY_ID | RELATIVE_LINK, relative: neighbour.linkId }
    : { flags: side | BY_ID, relative: neighbour.programId };
}

/** EINVAL has many reasons; a kernel without tcx gives it to a query for any device, even one that is not there. */
function hasTcx(): boolean {
  const attr = tcxQueryAttr.encode({ ifindex: 1, attachType: AttachType.TCX_INGRESS });
  return tryBpf(Command.PROG_QUERY, attr) !== EINVAL;
}

/** The programs on a device's hook, in order; UNSUPPORTED on a kernel without tcx. */
export function queryTcx(ifindex: number, direction: Direction, netns?: string): TcxChain {
  const context = { operation: 'query tcx', subject: `device ${ifindex} ${direction}`, netns };
  for (let room = 16; ; room *= 2) {
    const programIds = Buffer.alloc(room * 4);
    const linkIds = Buffer.alloc(room * 4);
    const where = { ifindex, attachType: attachTypeOf(direction) };
    const attr = tcxQueryAttr.encode({ ...where, programIds, linkIds, count: room });
    const result = tryBpf(Command.PROG_QUERY, attr, netns);
    if (result === ENOSPC) continue;
    if (result === EINVAL && !hasTcx()) throw unsupported(context.operation, context.subject, TCX);
    if (result < 0) throw systemError(result, context.operation, context.subject);
    return chainOf(attr, programIds, linkIds);
  }
}

function chainOf(attr: EncodedStruct, programIds: Buffer, linkIds: Buffer): TcxChain {
  const { count, revision } = tcxQueryAttr.decode(attr.bytes);
  const entries = Array.from({ length: count }, (_, index) => ({
    programId: programIds.readUInt32LE(index * 4),
    linkId: linkIds.readUInt32LE(index * 4),
  }));
  return Object.assign(entries, { revision });
}
