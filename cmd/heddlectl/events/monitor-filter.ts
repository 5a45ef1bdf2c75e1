// The filters of `heddlectl monitor`: which events, and how far back.
import type { Command } from 'commander';
import { VERDICT_NAMES, type VerdictName } from '../../../loader/abi/hook-name.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import { didYouMean } from '../../../loader/config/nearest.ts';
import { wordList } from '../../../loader/config/word-list.ts';
import { secondsIn } from '../invocation/duration.ts';
import { UsageError } from '../invocation/usage-error.ts';
import { parsePort } from './trace-request.ts';
import { isDrop } from '../../../loader/abi/drop-verdicts.ts';

export interface MonitorFlags {
  readonly drops?: true;
  readonly flows?: true;
  readonly verdict?: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly addr?: string;
  readonly port?: number;
  readonly proto?: string;
  readonly last?: string;
  readonly since?: string;
}

const { PACKET_EVENT_KIND_DROP: DROP, PACKET_EVENT_KIND_FLOW: FLOW } = heddle.v1.PacketEventKind;
const POD_FORM = /^[^/\s]+\/[^/\s]+$/;
const DROPS = VERDICT_NAMES.filter(isDrop);
/** Words for verdicts: `allow` is a new flow, `deny` a packet that policy refused, `drop` any that was dropped. */
const WORDS = ['allow', 'deny', 'drop'] as const;
export const VERDICT_WORDS: readonly string[] = [...WORDS, ...DROPS];
const TIME_OF_DAY = /^\d\d:\d\d(:\d\d)?$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)([T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

export function addMonitorFilters(command: Command): Command {
  return command
    .option('--drops', 'only dropped packets')
    .option('--flows', 'only new flows')
    .option('--verdict <verdict>', `only ${wordList(WORDS, 'or')}, or a verdict such as DROP_POLICY_INGRESS`)
    .option('--pod <pod>', 'only packets to and from NAMESPACE/POD')
    .option('--namespace <namespace>', 'only packets to and from pods of a namespace')
    .option('--addr <address>', 'only packets to and from this address')
    .option('--port <port>', 'only packets from and to this port', parsePort)
    .option('--proto <protocol>', 'only this protocol: tcp, udp, sctp, icmp, or a number')
    .option('--last <time>', 'what happened in the last 30s, 5m, 1h, in place of what happens')
    .option('--since <time>', 'the same, since a time: 14:05, or 2026-11-29T14:05:00Z');
}

export function eventRequest(flags: MonitorFlags): heddle.v1.IWatchEventsRequest {
  const { drops, flows, pod, namespace, addr, port, proto } = flags;
  if (pod !== undefined && !POD_FORM.test(pod))
    throw new UsageError(`--pod '${pod}' is not a pod: write it as NAMESPACE/POD`);
  const verdict = verdictRequest(flags.verdict);
  const kinds = [...(drops ? [DROP] : []), ...(flows ? [FLOW] : [])];
  const both = kinds.filter(kind => verdict.kinds?.includes(kind) !== false);
  if (kinds.length > 0 && both.length === 0)
    throw new UsageError(`--verdict ${flags.verdict ?? ''} excludes --${drops ? 'drops' : 'flows'}: use one`);
  return {
    kinds: kinds.length > 0 ? both : (verdict.kinds ?? []),
    ...(verdict.verdicts !== undefined && { verdicts: verdict.verdicts }),
    ...(pod !== undefined && { pod }),
    ...(namespace !== undefined && { namespace }),
    ...(addr !== undefined && { address: addr }),
    ...(port !== undefined && { port }),
    ...(proto !== undefined && { protocol: proto }),
  };
}

function verdictRequest(word: string | undefined): Pick<heddle.v1.IWatchEventsRequest, 'kinds' | 'verdicts'> {
  if (word === undefined) return {};
  if (word === 'allow') return { kinds: [FLOW] };
  if (word === 'drop') return { kinds: [DROP] };
  if (word === 'deny')
    return { kinds: [DROP], verdicts: DROPS.filter(verdict => verdict.startsWith('DROP_POLICY_')) };
  const name = word.toUpperCase();
  if (DROPS.includes(name as VerdictName)) return { kinds: [DROP], verdicts: [name] };
  const hint = didYouMean(word, VERDICT_WORDS);
  throw new UsageError(
    `--verdict '${word}' is not a verdict of a drop${hint || `: use ${wordList(WORDS, 'or')}`}`,
  );
}

/** Milliseconds back from now; undefined: neither --last nor --since was given. */
export function historyMs({ last, since }: MonitorFlags, nowMs: number): number | undefined {
  if (last !== undefined && since !== undefined)
    throw new UsageError('--last and --since exclude each other: use one');
  if (last !== undefined) return secondsIn(last, '--last') * 1_000;
  if (since === undefined) return undefined;
  const thenMs = TIME_OF_DAY.test(since) ? timeOfDay(since, nowMs) : dateIn(since);
  if (Number.isNaN(thenMs))
    throw new UsageError(`--since '${since}' is not a time: write 14:05, 14:05:30 or 2026-11-29T14:05:00Z`);
  if (thenMs > nowMs) throw new UsageError(`--since '${since}' has not come yet`);
  return nowMs - thenMs;
}

/** Without a zone it is local, as times of day are. What is no day of the calendar is none. */
function dateIn(text: string): number {
  const [, year = '', month = '', day = '', time = 'T00:00'] = DATE.exec(text) ?? [];
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return isDay ? Date.parse(`${year}-${month}-${day}${time.replace(' ', 'T')}`) : Number.NaN;
}

/** Local time, of today, or of yesterday where today's has not come. */
function timeOfDay(text: string, nowMs: number): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  const then = new Date(nowMs);
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN;
  then.setHours(hours, minutes, seconds, 0);
  if (then.getTime() > nowMs) then.setDate(then.getDate() - 1);
  return then.getTime();
}
