// How the kernel asks the tables: bpf/lib/policy.h in TypeScript.
import { type Addr, addrFromBytes, addrToBytes, type Cidr, cidrOf, cidrPrefixLength, isIpv4 } from 'ip';
import type { PolicyDirection, PortProtocol } from '../../../loader/model/policies.ts';
import {
  ANYBODY,
  POLICY_OPEN,
  type CompiledPolicy,
  type PeerRow,
  type PodSlot,
  type RuleSetRow,
} from '../../../loader/policy/compiled.ts';

/** POLICY_ABSENT of bpf/abi/policy.h: nothing is in force yet, so nothing passes. */
const POLICY_ABSENT = 0;
const PORT_BITS = 16;
const MAPPED_BITS = 96;

export interface PolicyQuery {
  readonly slot: PodSlot;
  readonly direction: PolicyDirection;
  readonly peer: Addr;
  readonly protocol: PortProtocol | 'ICMP';
  /** The responder's; of no meaning with ICMP. */
  readonly port: number;
  /** The own node's, where `peer` is an address of it that is no endpoint: SCOPE_NODE. */
  readonly node?: Addr | undefined;
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

export function judge(compiled: CompiledPolicy, query: PolicyQuery): PolicyAnswer {
  const policy = compiled.pods.get(query.slot)?.[query.direction] ?? POLICY_ABSENT;
  const unasked = { rule: 0, policy, identity: ANYBODY };
  if (policy === POLICY_OPEN) return { action: 'allow', ...unasked };
  if (policy === POLICY_ABSENT) return { action: 'deny', ...unasked };
  const found = findAnswer(compiled, query, { policy, identity: identityOf(compiled, query.peer) });
  if (query.node === undefined) return found.answer;
  const ofAddress = clusterRuleOf(found);
  const identity = compiled.identities.get(query.node) ?? ANYBODY;
  const ofNode = clusterRuleOf(findAnswer(compiled, query, { policy, identity }));
  const isAddressFirst = ofAddress.order > 0 && (ofNode.order === 0 || ofAddress.order < ofNode.order);
  return (isAddressFirst ? ofAddress : ofNode).answer;
}

interface Found {
  readonly answer: PolicyAnswer;
  /** As in RuleSetRow. */
  readonly order: number;
}

function findAnswer(
  { peers, ruleSets }: CompiledPolicy,
  query: PolicyQuery,
  asked: { readonly policy: number; readonly identity: number },
): Found {
  const rows = peers.get(asked.policy);
  const peer = rows?.get(asked.identity) ?? rows?.get(ANYBODY);
  if (peer === undefined) return { answer: { action: 'deny', rule: 0, ...asked }, order: 0 };
  const {
    action = 'deny',
    rule = 0,
    order = 0,
  } = findRow(ruleSets.get(peer.ruleSet) ?? [], peer, query) ?? {};
  return { answer: { action, rule, ...asked, ruleSet: peer.ruleSet }, order };
}

/** A NetworkPolicy never comes between a pod and its own node. */
function clusterRuleOf({ answer, order }: Found): Found {
  return order > 0 ? { answer, order } : { answer: { ...answer, action: 'allow', rule: 0 }, order };
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
  return ANYBODY;
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
