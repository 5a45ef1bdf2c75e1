// hd_ct_unassured and hd_ct as a person reads them.
import { isIpv6 } from '../packet/address.ts';
import type { BpfMap } from 'libbpf-ts';
import type { Bench } from './bench.ts';
import { otherHostPath } from './fill-flows.ts';
import { reversed, type FlowTuple } from './flow-key.ts';

const PREFIX = 'CT_';
const ORIG_IS_KEY_DST = 'CT_ORIG_IS_KEY_DST';
const ASSURED = 'CT_ASSURED';

type Fields = Record<string, unknown>;
type Tracking = Pick<Bench, 'names' | 'maps'>;

/**
 * Every entry as `originator:port > responder:port FLAG …`, sorted; VIA_STACK_ORIG is of the originator's packets. Whatever policy
 * last admitted it, unless it is the active one, is said, too.
 */
export function trackedFlows(bench: Tracking): readonly string[] {
  const unassured = [...(bench.maps.get('hd_ct_unassured')?.entries() ?? [])];
  const assured = [...(bench.maps.get('hd_ct')?.entries() ?? [])];
  return [
    ...unassured.map(([key, entry]) => lineOf(bench, key, entry, false)),
    ...assured.map(([key, entry]) => lineOf(bench, key, entry, true)),
  ].sort();
}

function lineOf(bench: Tracking, key: Fields, entry: Fields, isKept: boolean): string {
  const bits = Number(entry['flags']);
  const set = bench.names.namesOf('ct_flag').filter(name => bits & bench.names.valueOf(name));
  const isReversed = set.includes(ORIG_IS_KEY_DST);
  const flow = isReversed ? reversed(tupleOf(key)) : tupleOf(key);
  const flags = (isReversed ? set.map(otherHostPath) : set).filter(name => name !== ORIG_IS_KEY_DST);
  const misplaced = isKept === set.includes(ASSURED) ? [] : ['in the other map'];
  const stale = isStale(entry, generationOf(bench)) ? ['of an older policy'] : [];
  const words = [...flags.map(name => name.slice(PREFIX.length)).sort(), ...misplaced, ...stale];
  return [end(flow.source, flow.sourcePort), '>', end(flow.destination, flow.destinationPort), ...words].join(
    ' ',
  );
}

function generationOf({ maps }: Tracking): number {
  const control = maps.get('hd_control') as unknown as BpfMap<number, Fields[]> | undefined;
  return Number(control?.get(0)?.[0]?.['generation'] ?? 0);
}

/** Admitted at some end by another generation than the active one. */
function isStale(entry: Fields, inForce: number): boolean {
  const stamps = [entry['sourceGeneration'], entry['destinationGeneration']].map(Number);
  return stamps.some(stamp => stamp !== 0 && stamp !== inForce);
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
