// What a packet would find in the kernel's maps now, in the compiler's form: to be asked by the compiler's own lookup.
import type { Addr } from 'ip';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { PROTOCOL } from '../../../loader/abi/protocol.ts';
import { PolicyAction, RuleFlag } from '../../../loader/abi/abi.gen.ts';
import { activeBank } from '../../../loader/tables/control.ts';
import { routeCidr } from '../../../loader/tables/route-key.ts';
import type { PortProtocol } from '../../../loader/model/policies.ts';
import type { CompiledPolicy, PeerRow, PodId, RuleSetRow } from '../../../loader/policy/compiled.ts';
import { lookupPolicy, type PolicyQuery } from '../../support/policy/lookup.ts';

const NAMES: ReadonlyMap<number, PortProtocol> = new Map([
  [PROTOCOL.tcp, 'TCP'],
  [PROTOCOL.udp, 'UDP'],
  [PROTOCOL.sctp, 'SCTP'],
]);

/** By the active bank, unless given otherwise; `rules` are left out. */
export function kernelPolicy(
  maps: MapSet,
  podIds: Iterable<PodId>,
  version = activeBank(maps.hd_control),
): CompiledPolicy {
  const peers = new Map<number, Map<number, PeerRow>>();
  for (const [{ policy, identity }, row] of maps.hd_policy_peer.entries())
    peers.set(policy, (peers.get(policy) ?? new Map<number, PeerRow>()).set(identity, row));
  const ruleSets = new Map<number, RuleSetRow[]>();
  for (const [
    { ruleSet, protocol, prefixBits, port },
    { rule, action, flags },
  ] of maps.hd_rule_set.entries()) {
    const name = NAMES.get(protocol);
    const row = {
      ...(name && { protocol: name }),
      ...({ prefixBits, port, rule, action: action === PolicyAction.ALLOW ? 'allow' : 'deny' } as const),
      everyPod: (flags & RuleFlag.EVERY_POD) !== 0,
      isClusterRule: (flags & RuleFlag.CLUSTER_POLICY) !== 0,
    };
    ruleSets.set(ruleSet, [...(ruleSets.get(ruleSet) ?? []), row]);
  }
  return {
    identities: new Map(
      [...maps.hd_endpoint.entries()].map(([key, row]) => [key.addr, row.identity[version] ?? 0]),
    ),
    cidrs: new Map(
      [...maps.hd_cidr.entries()].map(([key, row]) => [routeCidr(key), row.identity[version] ?? 0]),
    ),
    pods: new Map(Array.from(podIds, podId => [podId, podAt(maps, podId, version)])),
    peers,
    ruleSets,
    rules: new Map(),
  };
}

function podAt(maps: MapSet, podId: PodId, version: number) {
  const { egress = [], ingress = [], ownNode = [] } = maps.hd_pod.get(podId) ?? {};
  return { egress: egress[version] ?? 0, ingress: ingress[version] ?? 0, ownNode: ownNode[version] ?? 0 };
}

const ASKED = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'TCP', port: 8080 },
  { protocol: 'UDP', port: 53 },
  { protocol: 'SCTP', port: 81 },
  { protocol: 'ICMP', port: 0 },
] as const satisfies readonly Pick<PolicyQuery, 'protocol' | 'port'>[];

/** The answer to every question about those pods and peers, as one text. */
export function answers(policy: CompiledPolicy, podIds: readonly PodId[], peers: readonly Addr[]): string {
  return podIds
    .flatMap(podId =>
      (['egress', 'ingress'] as const).flatMap(direction =>
        peers.flatMap(peer =>
          ASKED.map(asked => {
            const { action, rule } = lookupPolicy(policy, { podId, direction, peer, ...asked });
            return `${podId} ${direction} ${peer} ${asked.protocol} ${asked.port}: ${action} ${rule}`;
          }),
        ),
      ),
    )
    .join('\n');
}
