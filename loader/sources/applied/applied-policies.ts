// A source with policies beside its own: those that were given by hand, kept across restarts.
import { isDeepStrictEqual } from 'node:util';
import { HeddleError } from '../../errors.ts';
import { emptyCluster, type ClusterState, type PodKey } from '../../model/objects.ts';
import { policyKey, type Policy, type PolicyKey } from '../../model/policies.ts';
import { rawPolicy, keptPolicy } from '../objects/raw-policies.ts';
import { PolicyStore } from './policy-store.ts';
import { policyTransactionFile } from './policy-transaction.ts';
import { PolicyTransactions, type Before, type UnconfirmedPolicies } from './policy-transactions.ts';
import { problemsOfPolicy } from './policy-problems.ts';
import { readStoredPolicy } from './read-policy.ts';
import type { PublishedPod, Source, SourceListener, WatchLiveness } from '../source.ts';

export type ApplyOutcome = 'created' | 'configured' | 'unchanged' | 'source-has-it';
export type DeleteOutcome = 'deleted' | 'missing' | 'source-has-it';

export interface PolicyStanding {
  readonly policy: Policy;
  readonly origin: 'source' | 'api';
  /** The object as it came. */
  readonly raw: object;
  /** Whole sentences about what of it is not honoured. */
  readonly problems: readonly string[];
}

export interface AppliedSet {
  /** Of each, in their order. */
  readonly outcomes: readonly Exclude<ApplyOutcome, 'source-has-it'>[];
}

export interface PolicyCounts {
  /** Of the source and applied ones, each key once. */
  readonly policies: number;
  readonly appliedPolicies: number;
  readonly unconfirmed?: UnconfirmedPolicies;
}

/** Interface for the Policy service. */
export interface PolicyKeeper {
  /**
   * All of them, active in one step, or none: throws `INVALID_REQUEST` when the source has one, `TRANSACTION_OPEN`
   * while another set waits to be confirmed, `IO` when they cannot be kept. With `confirmMs` they are taken back after that time unless confirmed, whatever happens.
   */
  applySet(policies: readonly Policy[], confirmMs?: number): AppliedSet;
  /** The set that waits stays. Throws `TRANSACTION_MISSING` when none does. */
  confirm(): void;
  /** What the last set has changed is as before. Throws `TRANSACTION_MISSING` when there is none. How many policies. */
  rollBack(): number;
  /** Stored and notified when it returns. Throws `IO` when it cannot be stored: then nothing has changed. */
  apply(policy: Policy): ApplyOutcome;
  delete(key: PolicyKey): DeleteOutcome;
  /** By key. */
  policies(): readonly PolicyStanding[];
}

export class AppliedPolicies implements Source, PolicyKeeper {
  readonly #source: Source;
  readonly #store: PolicyStore;
  readonly #applied = new Map<PolicyKey, Policy>();
  readonly #transactions: PolicyTransactions;
  /** Policies that the start has read from their copies, since their files were lost or damaged. */
  restored: readonly PolicyKey[] = [];
  #storeProblems: readonly string[] = [];
  #listener: SourceListener | undefined;
  /** The source's own state. */
  #own: ClusterState = emptyCluster;
  #ownProblems: readonly string[] = [];
  /** The policies of the last notification. */
  #notified = emptyCluster.policies;

  /** `copies`: a second folder for what is kept in the first. */
  constructor(source: Source, directory: string, copies?: string) {
    this.#source = source;
    this.#store = new PolicyStore(directory, copies);
    this.#transactions = new PolicyTransactions({
      path: policyTransactionFile(directory),
      restore: before => this.#restore(before),
      onTimeUp: () => this.#notify(),
    });
  }

  async start(listener: SourceListener): Promise<void> {
    const { policies, problems, restored } = this.#store.read();
    this.restored = restored;
    for (const policy of policies) this.#applied.set(policyKey(policy), policy);
    this.#storeProblems = problems;
    this.#transactions.adopt();
    this.#listener = listener;
    await this.#source.start((state, ownProblems) => {
      this.#own = state;
      this.#ownProblems = ownProblems;
      this.#notify();
    });
  }

  async stop(): Promise<void> {
    this.#transactions.stop();
    this.#listener = undefined;
    await this.#source.stop();
  }

  publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    return this.#source.publish(pods);
  }

  watches(): readonly WatchLiveness[] {
    return this.#source.watches();
  }

  apply(policy: Policy): ApplyOutcome {
    if (this.#own.policies.has(policyKey(policy))) return 'source-has-it';
    const outcome = this.#keep(policy);
    if (outcome !== 'unchanged') this.#notify();
    return outcome;
  }

  applySet(policies: readonly Policy[], confirmMs?: number): AppliedSet {
    const taken = policies.map(policyKey).find(key => this.#own.policies.has(key));
    if (taken !== undefined)
      throw new HeddleError('INVALID_REQUEST', `${taken} comes from the source: change it there`);
    this.#transactions.refuseSecond();
    const before = policies.map(policy => this.#stateOf(policyKey(policy)));
    try {
      return {
        outcomes: this.#transactions.run(before, confirmMs, () => policies.map(policy => this.#keep(policy))),
      };
    } finally {
      this.#notify();
    }
  }

  confirm(): void {
    this.#transactions.confirm();
  }

  rollBack(): number {
    const count = this.#transactions.takeBack();
    this.#notify();
    return count;
  }

  delete(key: PolicyKey): DeleteOutcome {
    if (!this.#applied.has(key)) return this.#own.policies.has(key) ? 'source-has-it' : 'missing';
    this.#store.delete(key);
    this.#applied.delete(key);
    this.#notify();
    return 'deleted';
  }

  /** Writes anew what is gone from the disk. Returns it. Throws `IO`. */
  rewriteLost(): readonly PolicyKey[] {
    const lost = [...this.#applied].filter(([, policy]) => !this.#store.has(policy));
    for (const [, policy] of lost) this.#store.put(policy);
    return lost.map(([key]) => key);
  }

  counts(): PolicyCounts {
    const { unconfirmed } = this.#transactions;
    return {
      ...{ policies: this.#merged().size, appliedPolicies: this.#applied.size },
      ...(unconfirmed !== undefined && { unconfirmed }),
    };
  }

  policies(): readonly PolicyStanding[] {
    return [...this.#merged()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, policy]) => {
        const raw = rawPolicy(policy) ?? policy;
        const origin = this.#own.policies.has(key) ? 'source' : 'api';
        const hidden = origin === 'source' && this.#applied.has(key) ? [hiddenSentence(key)] : [];
        return { policy, origin, raw, problems: [...problemsOfPolicy(policy), ...hidden] };
      });
  }

  /** Stored, without notification. */
  #keep(policy: Policy): Exclude<ApplyOutcome, 'source-has-it'> {
    const key = policyKey(policy);
    const held = this.#applied.get(key);
    if (held !== undefined && isDeepStrictEqual(rawPolicy(held), rawPolicy(policy))) return 'unchanged';
    this.#store.put(policy);
    this.#applied.set(key, keptPolicy(held, policy));
    return held === undefined ? 'created' : 'configured';
  }

  #stateOf(key: PolicyKey): Before[number] {
    const held = this.#applied.get(key);
    return { key, raw: held === undefined ? null : (rawPolicy(held) ?? null) };
  }

  /** Stored, without notification. */
  #restore(before: Before): void {
    for (const { key, raw } of before) {
      if (raw !== null) this.#keep(readStoredPolicy(raw));
      else if (this.#applied.has(key)) {
        this.#store.delete(key);
        this.#applied.delete(key);
      }
    }
  }

  /** The source's word counts: it is the same on every node. */
  #merged(): ReadonlyMap<PolicyKey, Policy> {
    return this.#applied.size === 0 ? this.#own.policies : new Map([...this.#applied, ...this.#own.policies]);
  }

  #notify(): void {
    const merged = this.#merged();
    if (!isSameMap(merged, this.#notified)) this.#notified = merged;
    const problems = [...this.#applied].flatMap(([key, policy]) =>
      this.#own.policies.has(key) ? [hiddenSentence(key)] : problemsOfPolicy(policy),
    );
    const all = [...this.#storeProblems, ...this.#transactions.problems, ...this.#ownProblems, ...problems];
    this.#listener?.({ ...this.#own, policies: this.#notified }, all);
  }
}

function hiddenSentence(key: PolicyKey): string {
  return `${key} that was given through the API is ignored: the source has it already, delete one of them`;
}

function isSameMap(a: ReadonlyMap<PolicyKey, Policy>, b: ReadonlyMap<PolicyKey, Policy>): boolean {
  return a === b || (a.size === b.size && [...a].every(([key, policy]) => b.get(key) === policy));
}
