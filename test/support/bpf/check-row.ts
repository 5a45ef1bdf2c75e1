// What has to hold of a row that was played.
import { ETHERNET_BYTES } from '../packet/ethernet.ts';
import { isNetfilterHook } from '../../../loader/programs/hook.ts';
import { describePacket, diffPackets } from '../packet/diff.ts';
import { actionOf } from './action.ts';
import type { Played } from './play-row.ts';
import type { HookName, Row, Table } from './table.ts';

/** tap's, or what stands for it where there is no tap. */
export interface Assertions {
  same(found: unknown, wanted: unknown, ...said: [string] | [string, Record<string, unknown>]): unknown;
  equal(found: unknown, wanted: unknown, message: string): unknown;
}

export function checkRow(t: Assertions, { hook }: Table, row: Row, played: Played): void {
  const sent = row.sent.bytes();
  t.same(
    played.counted,
    [{ hook: `HOOK_${hook.toUpperCase()}`, verdict: row.verdict, packets: 1, bytes: lengthAt(hook, sent) }],
    'one counter rises, by this packet',
    { sent: describePacket(sent) },
  );
  const action = row.action ?? actionOf(row.verdict);
  t.equal(played.action, action, 'the action agrees with the counted verdict');
  if (!isNetfilterHook(hook)) checkPacket(t, row, played.packet);
  if (row.tracked !== undefined) t.same(played.tracked, row.tracked, 'these flows are tracked');
}

/** Netfilter's test run gives no packet back, its programs cannot write any. */
function checkPacket(t: Assertions, row: Row, got: Buffer): void {
  const sent = row.sent.bytes();
  const want = row.becomes?.bytes() ?? (row.verdict.startsWith('PASS_') ? sent : undefined);
  if (want !== undefined) {
    const ignore = row.anything === undefined ? {} : { ignore: row.anything };
    t.same(diffPackets(want, got, ignore), [], 'the packet is what it should have become');
  }
  if (row.verdict === 'PASS_UNMANAGED') t.same(got, sent, 'not a byte is touched');
}

/** Netfilter sees packets without their Ethernet header. */
function lengthAt(hook: HookName, frame: Buffer): number {
  return isNetfilterHook(hook) ? frame.length - ETHERNET_BYTES : frame.length;
}
