// hd_ct_unassured and hd_ct as given: each flow in the map where the programs would have it.
import { BLANK_CONNTRACK } from '../blank-conntrack.ts';
import { VNI } from './cluster.ts';
import type { Enumerators } from './enumerators.ts';
import { isKeyOrder, reversed } from './flow-key.ts';
import type { GivenFlow } from './given.ts';
import type { MapEntry } from './map-entry.ts';

const NANOSECONDS_PER_MS = 1_000_000n;
/** The programs' clock is coarse: by up to a tick it is behind ours. */
const CLOCK_TICK_NS = 20_000_000n;
const SECOND_OF_KEY = 'CT_ORIG_IS_KEY_DST';
const HOST_PATHS = ['CT_VIA_STACK_ORIG', 'CT_VIA_STACK_REPLY'] as const;

interface FlowTables {
  readonly unassured: readonly MapEntry[];
  readonly assured: readonly MapEntry[];
}

export function flowEntries(flows: readonly GivenFlow[], generation: number, names: Enumerators): FlowTables {
  const isAssured = ({ flags, isEvictable = false }: GivenFlow): boolean =>
    !isEvictable && flags.includes('CT_ASSURED');
  const entryOf = (flow: GivenFlow): MapEntry => [keyOf(flow), valueOf(flow, generation, names)];
  return {
    unassured: flows.filter(flow => !isAssured(flow)).map(entryOf),
    assured: flows.filter(isAssured).map(entryOf),
  };
}

function keyOf(flow: GivenFlow): Record<string, unknown> {
  const { protocol } = flow;
  const { source, destination, sourcePort, destinationPort } = isKeyOrder(flow) ? flow : reversed(flow);
  return { vni: VNI, protocol, source, destination, sourcePort, destinationPort };
}

function valueOf(flow: GivenFlow, inForce: number, names: Enumerators): Record<string, unknown> {
  const { node = 0, ageMs = 0, generation = inForce, packets = [0, 0] } = flow;
  const [sourcePackets, destinationPackets] = isKeyOrder(flow) ? packets : [packets[1], packets[0]];
  const at = process.hrtime.bigint() - CLOCK_TICK_NS - BigInt(ageMs) * NANOSECONDS_PER_MS;
  const seenNs = BigInt.asUintN(64, at); // before the machine's start, on one that has just started
  return {
    ...BLANK_CONNTRACK,
    ...{ seenNs, createdNs: seenNs, nodeId: node },
    flags: names.flags(flagsOfKey(flow)),
    ...{ sourceGeneration: generation, destinationGeneration: generation },
    ...{ sourcePackets, destinationPackets },
  };
}

/** In the words of the key's ends. */
function flagsOfKey(flow: GivenFlow): readonly string[] {
  if (isKeyOrder(flow)) return flow.flags;
  return [...flow.flags.map(otherHostPath), SECOND_OF_KEY];
}

/** The flag for the packets of the other end, where it speaks of one end's. */
export function otherHostPath(flag: string): string {
  const [first, second] = HOST_PATHS;
  if (flag === first) return second;
  return flag === second ? first : flag;
}
