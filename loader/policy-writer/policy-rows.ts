// The maps that a policy consists of: rules, names, rule sets, peers. Rows are written before it is active, deleted after.
import {
  PolicyAction,
  PolicyDirection,
  RuleFlag,
  RuleKind,
  type PolicyName,
  type PolicyPeer,
  type PolicyPeerKey,
  type Rule,
  type RuleSetKey,
  type RuleVerdict,
} from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { PROTOCOL } from '../abi/protocol.ts';
import { RowTable } from '../tables/row-table.ts';
import type { Change } from '../model/change.ts';
import type { PolicyKey, PortProtocol } from '../model/policies.ts';
import type { CompiledPolicy, PolicyChange, RuleMeaning, RuleSetRow } from '../policy/compiled.ts';
import { syncChanges } from '../tables/sync-changes.ts';
import { PolicyNames, policyNameRow } from './policy-names.ts';

const DIRECTION = { egress: PolicyDirection.EGRESS, ingress: PolicyDirection.INGRESS } as const;
const NUMBER = { TCP: PROTOCOL.tcp, UDP: PROTOCOL.udp, SCTP: PROTOCOL.sctp } as const satisfies Record<
  PortProtocol,
  number
>;

export class PolicyRows {
  readonly #names: RowTable<number, PolicyName>;
  readonly #rules: RowTable<number, Rule>;
  readonly #ruleSets: RowTable<RuleSetKey, RuleVerdict>;
  readonly #peers: RowTable<PolicyPeerKey, PolicyPeer>;
  readonly #numbers = new PolicyNames();
  /** The last staged meaning of each number, needed to delete it. */
  readonly #policyOfRule = new Map<number, PolicyKey | undefined>();
  readonly #rowsOfRuleSet = new Map<number, readonly RuleSetRow[]>();

  constructor(maps: MapSet) {
    this.#names = new RowTable(maps.hd_policy_name);
    this.#rules = new RowTable(maps.hd_rule);
    this.#ruleSets = new RowTable(maps.hd_rule_set);
    this.#peers = new RowTable(maps.hd_policy_peer);
  }

  get hasUnused(): boolean {
    return this.#tables().some(([, table]) => table.hasUnused);
  }

  stage(compiled: CompiledPolicy, change: Pick<PolicyChange, 'rules' | 'ruleSets' | 'peers'>): void {
    for (const number of change.rules) this.#stageRule(number, compiled.rules.get(number));
    for (const number of change.ruleSets) this.#stageRuleSet(number, compiled.ruleSets.get(number));
    for (const [policy, identities] of change.peers) {
      const rows = compiled.peers.get(policy);
      for (const identity of identities) {
        const row = rows?.get(identity);
        if (row === undefined) this.#peers.release({ policy, identity });
        else this.#peers.acquire({ policy, identity }, row);
      }
    }
  }

  /** Writes what a row refers to before the row. Throws MAP_FULL: the caller then calls `rollback`. */
  write(): number {
    return this.#tables().reduce((sum, [, table]) => sum + table.write(), 0);
  }

  keepWritten(): void {
    for (const [, table] of this.#tables()) table.commit();
  }

  rollback(): void {
    for (const [, table] of this.#tables().reverse()) table.rollback();
  }

  /** Deletes rows that no policy uses. */
  deleteUnused(): number {
    return this.#tables()
      .reverse()
      .reduce((sum, [, table]) => sum + table.deleteUnused(), 0);
  }

  verify(): Change[] {
    return this.#tables().flatMap(([name, table]) => syncChanges(name, table.verify()));
  }

  /** In the order in which they are written. */
  #tables(): [name: string, table: Table][] {
    return [
      ['hd_policy_name', this.#names],
      ['hd_rule', this.#rules],
      ['hd_rule_set', this.#ruleSets],
      ['hd_policy_peer', this.#peers],
    ];
  }

  #stageRule(number: number, meaning: RuleMeaning | undefined): void {
    const before = this.#policyOfRule.get(number);
    if (meaning === undefined) {
      this.#rules.release(number);
      this.#policyOfRule.delete(number);
    } else {
      const policy = meaning.kind === 'default-accept' ? undefined : meaning.policy;
      this.#rules.acquire(number, ruleRow(meaning, policy === undefined ? 0 : this.#acquireName(policy)));
      this.#policyOfRule.set(number, policy);
    }
    if (before !== undefined) this.#releaseName(before); // after the new one is acquired: both may be the same
  }

  #acquireName(policy: PolicyKey): number {
    const { number, isFirst } = this.#numbers.acquire(policy);
    if (isFirst) this.#names.acquire(number, policyNameRow(policy));
    return number;
  }

  #releaseName(policy: PolicyKey): void {
    const number = this.#numbers.release(policy);
    if (number !== undefined) this.#names.release(number);
  }

  #stageRuleSet(number: number, rows: readonly RuleSetRow[] | undefined): void {
    for (const row of this.#rowsOfRuleSet.get(number) ?? []) this.#ruleSets.release(ruleSetKey(number, row));
    this.#rowsOfRuleSet.delete(number);
    if (rows === undefined) return;
    for (const row of rows) this.#ruleSets.acquire(ruleSetKey(number, row), ruleVerdict(row));
    this.#rowsOfRuleSet.set(number, rows);
  }
}

type Table = Pick<
  RowTable<never, never>,
  'hasUnused' | 'write' | 'commit' | 'rollback' | 'deleteUnused' | 'verify'
>;

function ruleRow(meaning: RuleMeaning, policyName: number): Rule {
  const direction = DIRECTION[meaning.direction];
  switch (meaning.kind) {
    case 'listed':
      return { policyName, index: meaning.index, kind: RuleKind.LISTED, direction };
    case 'isolated':
      return { policyName, index: 0, kind: RuleKind.ISOLATED, direction };
    case 'default-accept':
      return { policyName, index: 0, kind: RuleKind.DEFAULT_ACCEPT, direction };
  }
}

function ruleSetKey(ruleSet: number, { protocol, prefixBits, port }: RuleSetRow): RuleSetKey {
  return { ruleSet, protocol: protocol === undefined ? 0 : NUMBER[protocol], prefixBits, port };
}

function ruleVerdict({ rule, action, everyPod, isClusterRule }: RuleSetRow): RuleVerdict {
  return {
    rule,
    action: action === 'allow' ? PolicyAction.ALLOW : PolicyAction.DENY,
    flags: (everyPod ? RuleFlag.EVERY_POD : 0) | (isClusterRule ? RuleFlag.CLUSTER_POLICY : 0),
  };
}
