// One event as a line of text, or as a JSON object.
import { joinHostPort } from 'ip';
import { heddle } from '../../../loader/api/proto.gen.js';
import { isLinkChatter } from '../../../loader/abi/drop-verdicts.ts';
import { colour } from '../output/colour.ts';

interface ShownEnd {
  readonly address: string;
  readonly port: number;
  readonly pod?: string;
  readonly node?: string;
}

export interface ShownEvent {
  readonly time: string;
  readonly kind: 'drop' | 'flow';
  readonly hook: string;
  readonly verdict?: string;
  readonly description: string;
  readonly protocol: string;
  readonly source: ShownEnd;
  readonly destination: ShownEnd;
  readonly length?: number;
  readonly device?: string;
  readonly rule?: string;
  /** Events lost since the previous one. */
  readonly lost?: number;
}

const { PacketEventKind } = heddle.v1;

export function shownEvent(event: heddle.v1.IPacketEvent): ShownEvent {
  const { timeMs, kind, hook, verdict, description, protocol, source, destination, length, device, rule } =
    event;
  return {
    time: new Date(timeMs ?? 0).toISOString(),
    kind: kind === PacketEventKind.PACKET_EVENT_KIND_DROP ? 'drop' : 'flow',
    hook: hook ?? '',
    ...(verdict && { verdict }),
    ...{ description: description ?? '', protocol: protocol ?? '' },
    ...{ source: shownEnd(source), destination: shownEnd(destination) },
    ...(length && { length }),
    ...(device && { device }),
    ...(rule && { rule }),
    ...(event.lost && { lost: event.lost }),
  };
}

const OF_A_SECOND = 1_000;

/** What of the time that was asked for is not there. */
export function boundsLines(bounds: heddle.v1.IHistoryBounds, lastMs: number, nowMs: number): string[] {
  const { oldestMs, capacity, isFull, lost } = bounds;
  const isShort = isFull === true && (oldestMs ?? 0) > nowMs - lastMs + OF_A_SECOND;
  return [
    ...(isShort
      ? [
          `the history begins at ${clockTime(oldestMs ?? 0)}: it keeps ${capacity ?? 0} events (flowHistory.events)`,
        ]
      : []),
    ...(lost ? [`${lost} events since the daemon started are not in it`] : []),
  ];
}

/** Local, as --since reads it. */
function clockTime(ms: number): string {
  const at = new Date(ms);
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()].map(part => String(part).padStart(2, '0'));
  return `${parts.join(':')}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function shownEnd(end: heddle.v1.IPacketEnd | null | undefined): ShownEnd {
  const { address, port, pod, node } = end ?? {};
  return { address: address ?? '', port: port ?? 0, ...(pod && { pod }), ...(node && { node }) };
}

export function eventLine(event: ShownEvent): string {
  const {
    time,
    kind,
    hook,
    verdict = '',
    description,
    protocol,
    source,
    destination,
    device,
    rule,
    lost,
  } = event;
  const ends = `${protocol} ${endText(source)} → ${endText(destination)}`;
  const where = device === undefined ? hook : `${hook} ${device}`;
  const dropped = isLinkChatter({ hook, verdict }) ? colour.dim(verdict) : colour.red(verdict);
  const what = kind === 'drop' ? dropped : colour.green('new flow');
  const line = `${clockTime(Date.parse(time))} ${what} ${ends} ${colour.dim(`[${where}]`)}`;
  const because = kind === 'drop' ? ` ${description}` : rule === undefined ? '' : ` ${rule}`;
  const missing = lost === undefined ? '' : `${colour.yellow(`${lost} events lost`)}\n`;
  return `${missing}${line}${because}`;
}

function endText({ address, port, pod, node }: ShownEnd): string {
  const at = joinHostPort(address, port);
  if (pod !== undefined) return `${at} (${pod})`;
  return node === undefined ? at : `${at} (node ${node})`;
}
