// hd_unanswered and hd_conntrack as a person reads them.
import { isIpv6 } from '../packet/address.ts';
import type { Bench } from './bench.ts';
import { otherHostPath } from './fill-flows.ts';
import { reversed, type FlowTuple } from './flow-key.ts';

const PREFIX = 'CONNTRACK_';
const FROM_DESTINATION = 'CONNTRACK_FROM_DESTINATION';
const ANSWERED = 'CONNTRACK_ANSWERED';

type Fields = Record<string, unknown>;

/** Every entry as `opener:port > responder:port FLAG …`, sorted; HOST_PATH is of the opener's packets. */
export function trackedFlows(bench: Bench): readonly string[] {
  const unanswered = [...(bench.maps.get('hd_unanswered')?.entries() ?? [])];
  const answered = [...(bench.maps.get('hd_conntrack')?.entries() ?? [])];
  return [
    ...unanswered.map(([key, entry]) => lineOf(bench, key, entry, false)),
    ...answered.map(([key, entry]) => lineOf(bench, key, entry['flow'] as Fields, true)),
  ].sort();
}

function lineOf(bench: Bench, key: Fields, entry: Fields, isAnswered: boolean): string {
  const bits = Number(entry['flags']);
  const set = bench.names.namesOf('conntrack_flag').filter(name => bits & bench.names.valueOf(name));
  const isReversed = set.includes(FROM_DESTINATION);
  const flow = isReversed ? reversed(tupleOf(key)) : tupleOf(key);
  const flags = (isReversed ? set.map(otherHostPath) : set).filter(name => name !== FROM_DESTINATION);
  const misplaced = isAnswered === set.includes(ANSWERED) ? [] : ['in the other map'];
  const words = [...flags.map(name => name.slice(PREFIX.length)).sort(), ...misplaced];
  return [end(flow.source, flow.sourcePort), '>', end(flow.destination, flow.destinationPort), ...words].join(
    ' ',
  );
}

function tupleOf(key: Fields): FlowTuple {
  return {
    ...{ source: String(key['source']), destination: String(key['destination']) },
    ...{ sourcePort: Number(key['sourcePort']), destinationPort: Number(key['destinationPort']) },
  };
}

function end(address: string, port: number): string {
  return isIpv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
