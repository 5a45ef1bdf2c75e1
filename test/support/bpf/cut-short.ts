// A packet cut at every byte: whatever is left, it is counted once, told to the kernel as counted, and not forwarded
// while a header is missing.
import { encode } from '../packet/encode.ts';
import type { Packet } from '../packet/packet.ts';
import { actionOf } from './action.ts';
import type { Bench } from './bench.ts';
import type { Context } from './table.ts';

/** BPF_PROG_TEST_RUN takes no packet shorter than an Ethernet header. */
const SHORTEST = 14;

/** One sentence for each length that was treated badly. */
export function cutShort(bench: Bench, packet: Packet, context: Context): readonly string[] {
  const whole = packet.bytes();
  const headers = headerBytes(packet);
  const faults: string[] = [];
  for (let length = SHORTEST; length < whole.length; length++) {
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

function isForwarded(verdict: string): boolean {
  return verdict.startsWith('DELIVER_') || verdict.startsWith('ANSWER_');
}

/** Bytes up to the end of the last header. */
function headerBytes({ layers }: Packet): number {
  const last = layers.findLastIndex(layer => layer.name !== 'data');
  return encode(layers.slice(0, last + 1)).length;
}
