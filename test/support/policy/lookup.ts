// How the kernel asks the tables: bpf/lib/policy.h in TypeScript.
import { type Addr, addrFromBytes, addrToBytes, type Cidr, cidrOf, cidrPrefixLength, isIpv4 } from 'ip';
import { PolicyId } from '../../../loader/abi/abi.gen.ts';
import type { PolicyDirection, PortProtocol } from '../../../loader/model/policies.ts';
import {
  ANY_PEER,
  type CompiledPolicy,
  type PeerRow,
  type PodId,
  type RuleSetRow,
} from '../../../loader/policy/compiled.ts';

const PORT_BITS = 16;
const MAPPED_BITS = 96;

export interface PolicyQuery {
  readonly podId: PodId;
  readonly direction: PolicyDirection;
  readonly peer: Addr;
  readonly protocol: PortProtocol | 'ICMP';
  /** The responder's; of no meaning with ICMP. */
  readonly port: number;
  /** `peer` is an address of the own node that is no endpoint: SCOPE_NODE. */
  readonly isOwnNode?: boolean;
}

export interface PolicyAnswer {
  readonly action: 'allow' | 'deny';
  /** 0: no rule was asked. */
  readonly rule: number;
  readonly policy: number;
  readonly identity: number;
  /** Absent: no rule set was asked. */
  readonly ruleSet?: number;
}

export function lookupPolicy(compiled: CompiledPolicy, query: PolicyQuery): PolicyAnswer {
  const policy = policyOf(compiled, query);
  const unasked = { rule: 0, policy, identity: ANY_PEER };
  if (policy === PolicyId.OPEN) return { action: 'allow', ...unasked };
  if (policy === PolicyId.ABSENT) return { action: 'deny', ...unasked };
  const asked = { policy, identity: identityOf(compiled, query.peer) };
  const rows = compiled.peers.get(policy);
  const peer = rows?.get(asked.identity) ?? rows?.get(ANY_PEER);
  if (peer === undefined) return { action: 'deny', rule: 0, ...asked };
  const { action = 'deny', rule = 0 } = findRow(compiled.ruleSets.get(peer.ruleSet) ?? [], peer, query) ?? {};
  return { action, rule, ...asked, ruleSet: peer.ruleSet };
}

/** A node always reaches its own pods. */
function policyOf({ pods }: CompiledPolicy, { podId, direction, isOwnNode = false }: PolicyQuery): number {
  const policies = pods.get(podId);
  if (policies === undefined) return PolicyId.ABSENT;
  const policy = policies[direction] ?? PolicyId.OPEN;
  if (!isOwnNode || policy === PolicyId.ABSENT) return policy;
  return direction === 'egress' ? (policies.ownNode ?? PolicyId.OPEN) : PolicyId.OPEN;
}

/**
 * An endpoint's own, else that of the longest prefix. An endpoint that is not in the table is anybody, as is then the
 * longest prefix around it: the compiler sees to that.
 */
export function identityOf({ identities, cidrs }: CompiledPolicy, addr: Addr): number {
  const own = identities.get(addr);
  if (own !== undefined) return own;
  const lengths = new Set([...cidrs.keys()].map(cidrPrefixLength));
  for (const prefix of prefixesOf(addr, lengths)) {
    const identity = cidrs.get(prefix);
    if (identity !== undefined) return identity;
  }
  return ANY_PEER;
}

/** Those of these lengths that contain it, the longest first; of IPv6 around IPv4 as well, as in the kernel's table. */
function* prefixesOf(addr: Addr, lengths: ReadonlySet<number>): Iterable<Cidr> {
  for (let bits = isIpv4(addr) ? 32 : 128; bits >= 0; bits--) if (lengths.has(bits)) yield cidrOf(addr, bits);
  if (!isIpv4(addr)) return;
  const bytes = addrToBytes(addr);
  for (let bits = MAPPED_BITS - 1; bits >= 0; bits--) {
    bytes[bits >> 3] = (bytes[bits >> 3] ?? 0) & (0xff00 >> (bits & 7));
    if (lengths.has(bits)) yield `${addrFromBytes(bytes)}/${bits}` as Cidr;
  }
}

function findRow(
  rows: readonly RuleSetRow[],
  { prefixLengths }: PeerRow,
  { protocol, port }: PolicyQuery,
): RuleSetRow | undefined {
  for (let bits = PORT_BITS; bits >= 0; bits--) {
    if ((prefixLengths & (1 << bits)) === 0) continue;
    const prefix = port & ~(0xffff >> bits);
    const row = rows.find(
      each => each.protocol === protocol && each.prefixBits === bits && each.port === prefix,
    );
    if (row) return row;
  }
  return rows.find(each => each.protocol === undefined);
}
