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

export function shownEvent(event: heddle.v1.PacketEvent): ShownEvent {
  const { timeMs, kind, hook, verdict, description, protocol, source, destination, length, device, rule } =
    event;
  return {
    time: new Date(timeMs).toISOString(),
    kind: kind === PacketEventKind.PACKET_EVENT_KIND_DROP ? 'drop' : 'flow',
    hook,
    ...(verdict !== '' && { verdict }),
    ...{ description, protocol, source: shownEnd(source), destination: shownEnd(destination) },
    ...(length !== 0 && { length }),
    ...(device !== '' && { device }),
    ...(rule !== '' && { rule }),
    ...(event.lost !== 0 && { lost: event.lost }),
  };
}

function shownEnd(end: heddle.v1.IPacketEnd | null | undefined): ShownEnd {
  const { address, port, pod, node } = end ?? {};
  return { address: address ?? '', port: port ?? 0, ...(pod && { pod }), ...(node && { node }) };
}

export function eventLine(event: ShownEvent): string {
  const { time, kind, hook, verdict = '', description, protocol, source, destination, device, lost } = event;
  const ends = `${protocol} ${endText(source)} → ${endText(destination)}`;
  const where = device === undefined ? hook : `${hook} ${device}`;
  const dropped = isLinkChatter({ hook, verdict }) ? colour.dim(verdict) : colour.red(verdict);
  const what = kind === 'drop' ? dropped : colour.green('new flow');
  const line = `${time.slice(11, 23)} ${what} ${ends} ${colour.dim(`[${where}]`)}`;
  const because = kind === 'drop' ? ` ${description}` : '';
  const missing = lost === undefined ? '' : `${colour.yellow(`${lost} events lost`)}\n`;
  return `${missing}${line}${because}`;
}

function endText({ address, port, pod, node }: ShownEnd): string {
  const at = joinHostPort(address, port);
  if (pod !== undefined) return `${at} (${pod})`;
  return node === undefined ? at : `${at} (node ${node})`;
}
