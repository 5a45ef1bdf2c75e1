// Denied packets by tier and namespace of the policy that denied them, from counters by rule.

export interface PolicyScope {
  readonly tier: string;
  /** Empty: the policy is cluster-wide. */
  readonly namespace: string;
}

/** A row of hd_policy_drop. */
export interface RuleDrops {
  readonly rule: number;
  readonly packets: number;
  /** Undefined: unknown, because rule or policy is gone. */
  readonly scope: PolicyScope | undefined;
  /** The rule is in no table any more. */
  readonly isGone: boolean;
}

export interface TakenDrops {
  readonly drops: readonly ScopeDrops[];
  /** Rules that are gone and were counted to their end: their rows are to be deleted now. */
  readonly finished: readonly number[];
}

export interface ScopeDrops {
  readonly scope: PolicyScope;
  /** Since the last call. */
  readonly packets: number;
}

/** Of a node at most; further namespaces are counted together. */
const MAX_SCOPES = 200;
/** Not the name of a namespace. */
const OTHER_NAMESPACES = '*';

export class PolicyDropCounts {
  /** Packets by rule at the last call; undefined before the first. */
  #before: Map<number, number> | undefined;
  /** By rule: what was denied before rule and policy went is counted, too. */
  #scopes: ReadonlyMap<number, PolicyScope> = new Map();
  readonly #known = new Set<string>();

  /**
   * The first call finds what may be older than the daemon: it counts nothing. A rule whose counter fell has begun anew at 0.
   * A row is finished once its rule is gone and nothing has come since the last call: a packet that was being refused while
   * the rule went has been counted by then, and is not deleted with the row.
   */
  take(rows: readonly RuleDrops[]): TakenDrops {
    const scopes = new Map<number, PolicyScope>();
    const drops: ScopeDrops[] = [];
    for (const { rule, packets, scope = this.#scopes.get(rule) } of rows) {
      if (scope === undefined) continue;
      scopes.set(rule, scope);
      const before = this.#before === undefined ? packets : (this.#before.get(rule) ?? 0);
      drops.push({ scope: this.bounded(scope), packets: packets < before ? packets : packets - before });
    }
    const finished = rows.filter(row => row.isGone && this.#before?.get(row.rule) === row.packets);
    this.#before = new Map(rows.map(({ rule, packets }) => [rule, packets]));
    this.#scopes = scopes;
    // A row of the same number that comes later begins at 0.
    for (const { rule } of finished) this.#before.delete(rule);
    return { drops, finished: finished.map(({ rule }) => rule) };
  }

  /** The scope that it is counted under: its own, or that of all namespaces beyond `MAX_SCOPES`. */
  bounded(scope: PolicyScope): PolicyScope {
    const { tier, namespace } = scope;
    const name = `${tier} ${namespace}`;
    if (this.#known.has(name)) return scope;
    if (this.#known.size >= MAX_SCOPES) return { tier, namespace: OTHER_NAMESPACES };
    this.#known.add(name);
    return scope;
  }
}
