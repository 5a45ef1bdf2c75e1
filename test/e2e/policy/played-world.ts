// A world of policy as one node sees it: what the compiler is given, which endpoints there are, who can be asked about.
import { type Addr, parseAddr } from 'ip';
import { NO_MAC, type EndpointRow } from '../../../loader/model/table-rows.ts';
import type { CompiledPolicy, PolicyInput, PodId } from '../../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { policyInput, readWorld, Slots } from '../../conformance/policy-input.ts';
import type { World } from '../../support/policy/world.ts';

export const VNI = 1;
const NODE = 'n1';

export interface PlayedWorld {
  readonly input: PolicyInput;
  readonly compiled: CompiledPolicy;
  readonly endpoints: readonly Addr[];
  readonly outside: readonly Addr[];
}

/** `podIds` are kept from one world to the next; 0 is nobody's, as in the daemon. */
export function playWorld(world: World, podIds: Slots): PlayedWorld {
  podIds.update(world);
  const given = new Map([...podIds.of(NODE)].map(([key, podId]): [typeof key, PodId] => [key, podId + 1]));
  const input = policyInput(world, readWorld(world), { node: NODE, podIds: given });
  const compiler = new PolicyCompiler();
  compiler.update(input);
  const outside = world.externals.flatMap(({ ips }) => ips.map(parseAddr));
  const endpoints = [...new Set([...input.nodeAddresses.keys(), ...podAddresses(world)])];
  return { input, compiled: compiler.compiled, endpoints, outside };
}

function podAddresses(world: World): Addr[] {
  return world.pods.filter(pod => pod.hostNetwork !== true).flatMap(pod => pod.ips.map(parseAddr));
}

/** Of all of its endpoints, by address. */
export function endpointRows({ endpoints }: Pick<PlayedWorld, 'endpoints'>): ReadonlyMap<Addr, EndpointRow> {
  return new Map(endpoints.map(addr => [addr, endpointRow(addr)]));
}

/** Where an endpoint is does not matter to policy. */
function endpointRow(addr: Addr): EndpointRow {
  return {
    key: { vni: VNI, addr },
    value: { kind: 'ENDPOINT_REMOTE_POD', nodeId: 2, ifindex: 0, podId: 0, mac: NO_MAC, flags: [] },
    node: 'n2',
  };
}

/** Whom both worlds place alike: an endpoint in both, or in neither. */
export function commonPeers(a: PlayedWorld, b: PlayedWorld): Addr[] {
  const [inA, inB] = [new Set(a.endpoints), new Set(b.endpoints)];
  const all = new Set([...a.endpoints, ...b.endpoints, ...a.outside, ...b.outside]);
  return [...all].filter(addr => inA.has(addr) === inB.has(addr));
}

export function podIdsOf(...worlds: readonly PlayedWorld[]): PodId[] {
  return [...new Set(worlds.flatMap(({ input }) => [...input.subjects.keys()]))];
}
