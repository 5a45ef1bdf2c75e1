// The filter of a request for events, checked.
import { PROTOCOL, type ProtocolName } from '../abi/protocol.ts';
import { VERDICT_NAMES, type VerdictName } from '../abi/hook-name.ts';
import { didYouMean } from '../config/nearest.ts';
import type { EventFilter } from '../events/event-filter.ts';
import type { PacketEvent } from '../events/packet-event.ts';
import { checkedPort, requiredAddress } from './events-message.ts';
import { heddle } from './proto.gen.js';
import { RequestError } from './request-error.ts';

const { PacketEventKind } = heddle.v1;
const KINDS: ReadonlyMap<number, PacketEvent['kind']> = new Map([
  [PacketEventKind.PACKET_EVENT_KIND_DROP, 'drop'],
  [PacketEventKind.PACKET_EVENT_KIND_FLOW, 'flow'],
]);
const MAX_PROTOCOL = 255;

/** Throws `INVALID_ARGUMENT` with the field. */
export function eventFilter(request: heddle.v1.IWatchEventsRequest): EventFilter {
  const { kinds, pod, address, verdicts, namespace, port, protocol } = request;
  const known = (kinds ?? []).map(kindNumbered);
  return {
    kinds: known.length === 0 ? [...KINDS.values()] : known,
    ...(pod && { pod }),
    ...(namespace && { namespace }),
    ...(address && { address: requiredAddress('address', address) }),
    ...(port && { port: checkedPort('port', port, 1) }),
    ...(protocol && { protocols: protocolsNamed(protocol) }),
    ...(verdicts?.length && { verdicts: new Set(verdicts.map(verdictNumber)) }),
  };
}

function kindNumbered(number: number): PacketEvent['kind'] {
  const kind = KINDS.get(number);
  if (kind !== undefined) return kind;
  throw new RequestError('INVALID_ARGUMENT', `kinds: ${number} is not a kind of event`);
}

function verdictNumber(name: string): number {
  const number = VERDICT_NAMES.indexOf(name as VerdictName);
  if (number >= 0) return number;
  const hint = didYouMean(name, VERDICT_NAMES);
  throw new RequestError('INVALID_ARGUMENT', `verdicts: '${name}' is not a verdict${hint}`);
}

function protocolsNamed(name: string): ReadonlySet<number> {
  const found = name === 'icmp' ? [PROTOCOL.icmp, PROTOCOL.icmpv6] : [PROTOCOL[name as ProtocolName]];
  if (found.every(number => typeof number === 'number')) return new Set(found);
  if (/^\d{1,3}$/.test(name) && Number(name) <= MAX_PROTOCOL) return new Set([Number(name)]);
  const names = Object.keys(PROTOCOL).join(', ');
  throw new RequestError('INVALID_ARGUMENT', `protocol: '${name}' is not one of ${names}, or a number`);
}
