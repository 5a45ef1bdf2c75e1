// Pings with one packet size.
import { type Addr, familyOf } from 'ip';
import { runIfInstalled } from '../network/run-command.ts';

const ICMP_BYTES = 8;
/** Two pings, each waited for a second. */
const LIMITS = { limitMs: 30_000 } as const;
const IP_BYTES = { ipv4: 20, ipv6: 40 } as const;

/** Sends an unfragmentable IP packet of that size, whose reply has the same size; undefined: ping is not installed. */
export async function isAnswered(address: Addr, size: number): Promise<boolean | undefined> {
  const payload = String(size - IP_BYTES[familyOf(address)] - ICMP_BYTES);
  const options = ['-n', '-q', '-c', '2', '-i', '0.2', '-W', '1', '-M', 'do', '-s', payload];
  const asked = await runIfInstalled(['ping', ...options, address], LIMITS);
  return asked && asked.status === 0;
}
