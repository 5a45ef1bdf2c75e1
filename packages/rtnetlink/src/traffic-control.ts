// Queueing disciplines and classic filters on a link: read only, to see what others have put there.
import { Attributes } from './attribute.ts';
import { type Message, MESSAGE } from './message.ts';
import type { RtnetlinkSocket } from './socket.ts';

/** struct tcmsg: family, link, handle, parent, info. */
const TCMSG_BYTES = 20;
/** TCA_* and TCA_BPF_*, linux/rtnetlink.h and linux/pkt_cls.h. */
const TCA = { kind: 1, options: 2 } as const;
const TCA_BPF_ID = 11;
/** TC_H_*: parents that are hooks, linux/pkt_sched.h. */
const PARENT = {
  root: 0xffffffff,
  ingress: 0xfffffff1,
  clsactIngress: 0xfffffff2,
  clsactEgress: 0xfffffff3,
} as const;

export interface Qdisc {
  readonly index: number;
  /** 'noqueue', 'tbf', 'clsact', 'ingress' … */
  readonly kind: string;
  /** Major number in the upper 16 bits; 0 for one that the kernel put there by itself. */
  readonly handle: number;
  readonly parent: number;
  readonly root: boolean;
}

export interface Filter {
  readonly index: number;
  /** 'bpf', 'u32', 'flower' … */
  readonly kind: string;
  readonly parent: number;
  readonly priority: number;
  /** With kind 'bpf': the program's number. */
  readonly bpfProgramId: number | undefined;
}

/** The queueing disciplines of one link, or of all. */
export function listQdiscs(socket: RtnetlinkSocket, index?: number): Qdisc[] {
  return dump(socket, { type: MESSAGE.getQdisc, index: index ?? 0, parent: 0, subject: 'qdiscs' })
    .map(message => ({
      index: message.body.readInt32LE(4),
      kind: kindOf(message),
      handle: message.body.readUInt32LE(8),
      parent: message.body.readUInt32LE(12),
      root: message.body.readUInt32LE(12) === PARENT.root,
    }))
    .filter(qdisc => index === undefined || qdisc.index === index);
}

/** Classic filters at both hooks of a link's clsact or ingress qdisc; tcx programs are not among them. */
export function listFilters(socket: RtnetlinkSocket, index: number): Filter[] {
  return [PARENT.clsactIngress, PARENT.clsactEgress]
    .flatMap(parent => dump(socket, { type: MESSAGE.getFilter, index, parent, subject: 'filters' }))
    .map(decodeFilter)
    .filter(filter => filter.index === index);
}

function decodeFilter(message: Message): Filter {
  const attributes = attributesOfMessage(message);
  const kind = attributes.text(TCA.kind) ?? '';
  return {
    index: message.body.readInt32LE(4),
    kind,
    parent: message.body.readUInt32LE(12),
    priority: message.body.readUInt32LE(16) >>> 16,
    // Options have a numbering of their own for each kind.
    bpfProgramId: kind === 'bpf' ? attributes.nested(TCA.options).u32(TCA_BPF_ID) : undefined,
  };
}

interface TrafficControlDump {
  readonly type: number;
  readonly index: number;
  readonly parent: number;
  readonly subject: string;
}

function dump(socket: RtnetlinkSocket, what: TrafficControlDump): Message[] {
  const header = Buffer.alloc(TCMSG_BYTES);
  header.writeInt32LE(what.index, 4);
  header.writeUInt32LE(what.parent, 12);
  const subject = what.index === 0 ? 'all links' : `link ${what.index}`;
  const context = { operation: `list ${what.subject} of`, subject };
  return socket.dump({ type: what.type, flags: 0, body: [header], ...context });
}

function kindOf(message: Message): string {
  return attributesOfMessage(message).text(TCA.kind) ?? '';
}

function attributesOfMessage({ body }: Message): Attributes {
  return new Attributes(body.subarray(TCMSG_BYTES));
}
