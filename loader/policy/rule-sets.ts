// Rule sets and rules in force, by number.
import type { PeerRow, RuleMeaning, RuleSetRow } from './compiled.ts';
import { Numbers, type TextHash } from './numbers.ts';
import { Pool, type Pooled } from './pool.ts';
import type { DraftRow, RuleSetDraft } from './rule-set-draft.ts';
import { TrackedMap } from './tracked-map.ts';
import type { Verdict } from './verdict.ts';

interface RuleSet extends Pooled {
  readonly number: number;
  readonly row: PeerRow;
  readonly rules: readonly Rule[];
}

interface Rule extends Pooled {
  readonly number: number;
}

export class RuleSets {
  readonly ruleSets = new TrackedMap<number, readonly RuleSetRow[]>();
  readonly rules = new TrackedMap<number, RuleMeaning>();
  readonly #ruleSetPool = new Pool<RuleSet>();
  readonly #byNumber = new Map<number, RuleSet>();
  readonly #rulePool = new Pool<Rule>();
  readonly #ruleSetNumbers: Numbers;
  readonly #ruleNumbers: Numbers;

  constructor(hash?: TextHash) {
    this.#ruleSetNumbers = new Numbers(1, hash);
    this.#ruleNumbers = new Numbers(1, hash);
  }

  take(draft: RuleSetDraft): PeerRow {
    return this.#ruleSetPool.take(draft.content, () => this.#make(draft)).row;
  }

  drop({ ruleSet: number }: PeerRow): void {
    const ruleSet = this.#byNumber.get(number);
    if (ruleSet) this.#ruleSetPool.drop(ruleSet);
  }

  sweep(): void {
    this.#ruleSetPool.takeFresh();
    this.#rulePool.takeFresh();
    for (const { key, number, rules } of this.#ruleSetPool.sweep()) {
      this.ruleSets.delete(number);
      this.#byNumber.delete(number);
      this.#ruleSetNumbers.release(key);
      for (const rule of rules) this.#rulePool.drop(rule);
    }
    for (const { key, number } of this.#rulePool.sweep()) {
      this.rules.delete(number);
      this.#ruleNumbers.release(key);
    }
  }

  #make({ content, rows }: RuleSetDraft): RuleSet {
    const number = this.#ruleSetNumbers.take(content);
    const rules = new Map<string, Rule>();
    for (const { verdict } of rows)
      if (!rules.has(verdict.reason)) rules.set(verdict.reason, this.#takeRule(verdict));
    this.ruleSets.set(
      number,
      rows.map(row => numbered(row, rules.get(row.verdict.reason)?.number ?? 0)),
    );
    const row = { ruleSet: number, prefixLengths: prefixLengthsOf(rows) };
    const ruleSet = { key: content, users: 0, number, row, rules: [...rules.values()] };
    this.#byNumber.set(number, ruleSet);
    return ruleSet;
  }

  #takeRule({ reason, meaning }: Verdict): Rule {
    return this.#rulePool.take(reason, () => {
      const number = this.#ruleNumbers.take(reason);
      this.rules.set(number, meaning);
      return { key: reason, users: 0, number };
    });
  }
}

function numbered({ protocol, prefixBits, port, verdict }: DraftRow, rule: number): RuleSetRow {
  const { action, everyPod, isClusterRule } = verdict;
  return { ...(protocol && { protocol }), prefixBits, port, rule, action, everyPod, isClusterRule };
}

/** Bit n: some protocol has a prefix of n bits. */
function prefixLengthsOf(rows: readonly DraftRow[]): number {
  return rows.reduce((bits, { protocol, prefixBits }) => (protocol ? bits | (1 << prefixBits) : bits), 0);
}
