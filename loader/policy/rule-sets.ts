// Active rule sets and rules, by number.
import type { PeerRow, RuleMeaning, RuleSetRow } from './compiled.ts';
import { StableIds, type TextHash } from '../collections/stable-ids.ts';
import { Interner, type Interned } from '../collections/interner.ts';
import type { DraftRow, RuleSetDraft } from './rule-set-draft.ts';
import { ChangeTrackingMap } from '../collections/change-tracking-map.ts';
import type { Verdict } from './verdict.ts';

interface RuleSet extends Interned {
  readonly number: number;
  readonly row: PeerRow;
  readonly rules: readonly Rule[];
}

interface Rule extends Interned {
  readonly number: number;
}

export class RuleSets {
  readonly ruleSets = new ChangeTrackingMap<number, readonly RuleSetRow[]>();
  readonly rules = new ChangeTrackingMap<number, RuleMeaning>();
  readonly #ruleSetPool = new Interner<RuleSet>();
  readonly #byNumber = new Map<number, RuleSet>();
  readonly #rulePool = new Interner<Rule>();
  readonly #ruleSetNumbers: StableIds;
  readonly #ruleNumbers: StableIds;

  constructor(hash?: TextHash) {
    this.#ruleSetNumbers = new StableIds(1, hash);
    this.#ruleNumbers = new StableIds(1, hash);
  }

  acquire(draft: RuleSetDraft): PeerRow {
    return this.#ruleSetPool.acquire(draft.content, () => this.#make(draft)).row;
  }

  /** A row that is in use, once more. */
  acquireAgain({ ruleSet: number }: PeerRow): void {
    const ruleSet = this.#byNumber.get(number);
    if (ruleSet) this.#ruleSetPool.acquire(ruleSet.key, () => ruleSet);
  }

  release({ ruleSet: number }: PeerRow): void {
    const ruleSet = this.#byNumber.get(number);
    if (ruleSet) this.#ruleSetPool.release(ruleSet);
  }

  sweep(): void {
    this.#ruleSetPool.takeFresh();
    this.#rulePool.takeFresh();
    for (const { key, number, rules } of this.#ruleSetPool.sweep()) {
      this.ruleSets.delete(number);
      this.#byNumber.delete(number);
      this.#ruleSetNumbers.free(key);
      for (const rule of rules) this.#rulePool.release(rule);
    }
    for (const { key, number } of this.#rulePool.sweep()) {
      this.rules.delete(number);
      this.#ruleNumbers.free(key);
    }
  }

  #make({ content, rows }: RuleSetDraft): RuleSet {
    const number = this.#ruleSetNumbers.allocate(content);
    const rules = new Map<string, Rule>();
    for (const { verdict } of rows)
      if (!rules.has(verdict.reason)) rules.set(verdict.reason, this.#acquireRule(verdict));
    this.ruleSets.set(
      number,
      rows.map(row => numbered(row, rules.get(row.verdict.reason)?.number ?? 0)),
    );
    const row = { ruleSet: number, prefixLengths: prefixLengthsOf(rows) };
    const ruleSet = { key: content, users: 0, number, row, rules: [...rules.values()] };
    this.#byNumber.set(number, ruleSet);
    return ruleSet;
  }

  #acquireRule({ reason, meaning }: Verdict): Rule {
    return this.#rulePool.acquire(reason, () => {
      const number = this.#ruleNumbers.allocate(reason);
      this.rules.set(number, meaning);
      return { key: reason, users: 0, number };
    });
  }
}

function numbered({ protocol, prefixBits, port, verdict }: DraftRow, rule: number): RuleSetRow {
  const { action, everyPod, isClusterRule } = verdict;
  // spelt out: there may be a million of them, and a spread makes each slow
  return protocol === undefined
    ? { prefixBits, port, rule, action, everyPod, isClusterRule }
    : { protocol, prefixBits, port, rule, action, everyPod, isClusterRule };
}

/** Bit n: some protocol has a prefix of n bits. */
function prefixLengthsOf(rows: readonly DraftRow[]): number {
  return rows.reduce((bits, { protocol, prefixBits }) => (protocol ? bits | (1 << prefixBits) : bits), 0);
}
