// Resolves tiers and rule order to one verdict for each port of a protocol.
//
// The kernel finds one row by longest prefix and knows no order, so the order is resolved here. For one protocol, the first and
// last ports of all rules cut 0..65535 into intervals within which no verdict changes. Each tier goes through its rules in
// order; a rule gives its verdict to those of its intervals that have none yet. Pass gives none, but hides the interval from
// the later rules of its tier. Baseline is evaluated only if no NetworkPolicy isolates the pod; what is left is denied if one
// does, else accepted.
// Each tier keeps, for every interval, a pointer to the next one that no rule of the tier has reached (a disjoint set with path
// halving), so an interval is visited once a tier however many rules overlap. With r port ranges: O(r log r) to sort the cuts,
// then almost O(r).
import type { PortProtocol } from '../model/policies.ts';
import type { PortSpan } from './port-prefixes.ts';
import type { Verdict } from './verdict.ts';

const PORTS = 65_536;

export interface ProtocolPorts {
  readonly protocol: PortProtocol;
  readonly first: number;
  readonly last: number;
}

/** A rule whose peers match. */
export interface MatchingRule {
  readonly outcome: Verdict | 'pass';
  readonly ports: readonly ProtocolPorts[] | 'all';
}

export interface MatchingRules {
  readonly admin: readonly MatchingRule[];
  readonly networkPolicy: readonly MatchingRule[];
  readonly baseline: readonly MatchingRule[];
  /** Set if a NetworkPolicy isolates the pod: the verdict on what none admits. */
  readonly isolated?: Verdict | undefined;
  readonly otherwise: Verdict;
}

/** Every port once, in order; without a protocol, the verdict for protocols without ports. */
export function verdictsByPort(rules: MatchingRules, protocol?: PortProtocol): readonly PortSpan<Verdict>[] {
  const intervals = new PortIntervals(cutsOf(rules, protocol), protocol);
  intervals.evaluate(rules.admin);
  intervals.evaluate(rules.networkPolicy);
  if (rules.isolated === undefined) intervals.evaluate(rules.baseline);
  return intervals.spans(rules.isolated ?? rules.otherwise);
}

export function namesPortsOf(rules: MatchingRules, protocol: PortProtocol): boolean {
  const names = ({ ports }: MatchingRule): boolean =>
    ports !== 'all' && ports.some(each => each.protocol === protocol);
  return rules.admin.some(names) || rules.networkPolicy.some(names) || rules.baseline.some(names);
}

/** The ports at which a verdict may change, in order: the first port of each interval. */
function cutsOf(rules: MatchingRules, protocol: PortProtocol | undefined): readonly number[] {
  const cuts = new Set([0]);
  for (const { ports } of [...rules.admin, ...rules.networkPolicy, ...rules.baseline]) {
    if (ports === 'all') continue;
    for (const span of ports) if (span.protocol === protocol) cuts.add(span.first).add(span.last + 1);
  }
  cuts.delete(PORTS);
  return [...cuts].sort((a, b) => a - b);
}

/** The port range cut where a verdict may change; each interval gets the verdict of the first rule that covers it. */
class PortIntervals {
  readonly #cuts: readonly number[];
  readonly #protocol: PortProtocol | undefined;
  readonly #pieceAt: ReadonlyMap<number, number>;
  readonly #verdicts: (Verdict | undefined)[];

  constructor(cuts: readonly number[], protocol: PortProtocol | undefined) {
    this.#cuts = cuts;
    this.#protocol = protocol;
    this.#pieceAt = new Map([...cuts.map((cut, i) => [cut, i] as const), [PORTS, cuts.length]]);
    this.#verdicts = cuts.map(() => undefined);
  }

  /** Evaluates one tier. A Pass leaves its intervals undecided for the next tier, but hides them from later rules of this one. */
  evaluate(rules: readonly MatchingRule[]): void {
    const next = Uint32Array.from({ length: this.#cuts.length + 1 }, (_, i) =>
      this.#verdicts[i] === undefined ? i : i + 1,
    );
    for (const { outcome, ports } of rules) {
      if (ports === 'all') this.#paint(next, 0, this.#cuts.length, outcome);
      else
        for (const { protocol, first, last } of ports)
          if (protocol === this.#protocol)
            this.#paint(next, this.#piece(first), this.#piece(last + 1), outcome);
    }
  }

  spans(otherwise: Verdict): readonly PortSpan<Verdict>[] {
    const spans: PortSpan<Verdict>[] = [];
    for (let i = 0; i < this.#cuts.length; i++) {
      const value = this.#verdicts[i] ?? otherwise;
      const first = this.#cuts[i] ?? 0;
      const last = (this.#cuts[i + 1] ?? PORTS) - 1;
      const before = spans.at(-1);
      if (before?.value === value) spans[spans.length - 1] = { ...before, last };
      else spans.push({ first, last, value });
    }
    return spans;
  }

  #piece(cut: number): number {
    return this.#pieceAt.get(cut) ?? this.#cuts.length;
  }

  /** `next` is a union-find: from each interval to the first at or after it that no rule of this tier has reached. */
  #paint(next: Uint32Array, from: number, to: number, outcome: Verdict | 'pass'): void {
    for (let i = openPiece(next, from); i < to; i = openPiece(next, i)) {
      if (outcome !== 'pass') this.#verdicts[i] = outcome;
      next[i] = i + 1;
    }
  }
}

function openPiece(next: Uint32Array, from: number): number {
  let at = from;
  for (let to = next[at] ?? at; to !== at; to = next[at] ?? at) {
    next[at] = next[to] ?? to; // path halving
    at = to;
  }
  return at;
}
