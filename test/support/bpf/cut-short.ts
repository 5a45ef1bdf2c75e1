// A packet truncated at every byte: each is counted once, with the action of its verdict, and not forwarded
// while a header is missing.
import { encode } from '../packet/encode.ts';
import type { Packet } from '../packet/packet.ts';
import { actionOf } from './action.ts';
import type { Bench } from './bench.ts';
import type { Context, HookName } from './table.ts';

const ETHERNET_BYTES = 14;
/** BPF_PROG_TEST_RUN refuses an skb that ends within its IP header; shorter ones come as live frames. */
const MIN_SKB_BYTES = { ipv4: ETHERNET_BYTES + 20, ipv6: ETHERNET_BYTES + 40 } as const;

/** Of a long payload, so much is cut: no program reads further. */
const PAYLOAD_BYTES = 64;

/** One sentence for each length that was treated badly. */
export function cutShort(bench: Bench, hook: HookName, packet: Packet, context: Context): readonly string[] {
  const whole = packet.bytes();
  const headers = headerBytes(packet);
  const end = Math.min(whole.length, headers + PAYLOAD_BYTES);
  const faults: string[] = [];
  for (let length = shortest(hook, packet); length < end; length++) {
    const { counted, action } = bench.run(whole.subarray(0, length), context);
    const [only] = counted;
    if (counted.length !== 1 || only?.packets !== 1) {
      faults.push(`${length} bytes: counted ${JSON.stringify(counted)}`);
    } else if ((action === 'drop') !== (actionOf(only.verdict) === 'drop')) {
      faults.push(`${length} bytes: counted ${only.verdict}, but answered ${action}`);
    } else if (length < headers && isForwarded(only.verdict)) {
      faults.push(`${length} bytes of ${headers} header bytes: ${only.verdict}`);
    }
  }
  return faults;
}

function shortest(hook: HookName, { layers }: Packet): number {
  const second = layers[1]?.name;
  const isSkb = hook !== 'uplink_xdp';
  return isSkb && (second === 'ipv4' || second === 'ipv6') ? MIN_SKB_BYTES[second] : ETHERNET_BYTES;
}

function isForwarded(verdict: string): boolean {
  return verdict.startsWith('REDIRECT_') || verdict.startsWith('ANSWER_');
}

/** Bytes up to the end of the last header. */
function headerBytes({ layers }: Packet): number {
  const last = layers.findLastIndex(layer => layer.name !== 'data');
  return encode(layers.slice(0, last + 1)).length;
}
