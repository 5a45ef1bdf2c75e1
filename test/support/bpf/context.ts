// Contexts for BPF_PROG_TEST_RUN: struct __sk_buff, xdp_md or nf_hook_state (linux/bpf.h).
import type { Context, HookName } from './table.ts';

const SK_BUFF = {
  size: 192,
  mark: 8,
  ingressIfindex: 36,
  ifindex: 40,
  cb: 48,
  gsoSegments: 164,
  gsoSize: 176,
};
const XDP_MD = { size: 24, dataEnd: 4, ingressIfindex: 12 };
const HOOK_STATE = { size: 48, hook: 0, family: 1 };

const NF_INET = { input: 1, forward: 2, postrouting: 4 } as const;
const NFPROTO = { ipv4: 2, ipv6: 10 } as const;
const ETHERTYPE_IPV6 = 0x86dd;

export function contextBytes(hook: HookName, packet: Buffer, context: Context): Buffer {
  switch (hook) {
    case 'uplink_xdp':
      return xdpContext(packet, context);
    case 'forward':
      return netfilterContext(NF_INET.forward, packet);
    case 'input':
      return netfilterContext(NF_INET.input, packet);
    case 'postrouting':
      return netfilterContext(NF_INET.postrouting, packet);
    default:
      return skbContext(context);
  }
}

function skbContext(context: Context): Buffer {
  const bytes = Buffer.alloc(SK_BUFF.size);
  bytes.writeUInt32LE(context.mark ?? 0, SK_BUFF.mark);
  bytes.writeUInt32LE(context.ingressIfindex ?? 0, SK_BUFF.ingressIfindex);
  bytes.writeUInt32LE(context.ifindex ?? 0, SK_BUFF.ifindex);
  for (const [at, word] of Object.entries(context.cb ?? {}))
    bytes.writeUInt32LE(word, SK_BUFF.cb + Number(at) * 4);
  bytes.writeUInt32LE(context.gsoSegments ?? 0, SK_BUFF.gsoSegments);
  bytes.writeUInt32LE(context.gsoSize ?? 0, SK_BUFF.gsoSize);
  return bytes;
}

/** Whether a test run has left all of these words in `cb`. */
export function hasWords(context: Uint8Array, words: Readonly<Record<number, number>>): boolean {
  const bytes = Buffer.from(context);
  return Object.entries(words).every(
    ([at, word]) => bytes.readUInt32LE(SK_BUFF.cb + Number(at) * 4) === word,
  );
}

/** `struct xdp_md` over the whole packet. */
export function xdpContext(packet: Buffer, context: Context): Buffer {
  const bytes = Buffer.alloc(XDP_MD.size);
  bytes.writeUInt32LE(packet.length, XDP_MD.dataEnd);
  bytes.writeUInt32LE(context.ingressIfindex ?? 0, XDP_MD.ingressIfindex);
  return bytes;
}

/** The kernel takes the packet with its Ethernet header, and the devices to be the loopback. */
function netfilterContext(hook: number, packet: Buffer): Buffer {
  const bytes = Buffer.alloc(HOOK_STATE.size);
  bytes.writeUInt8(hook, HOOK_STATE.hook);
  const isIpv6 = packet.length >= 14 && packet.readUInt16BE(12) === ETHERTYPE_IPV6;
  bytes.writeUInt8(isIpv6 ? NFPROTO.ipv6 : NFPROTO.ipv4, HOOK_STATE.family);
  return bytes;
}
