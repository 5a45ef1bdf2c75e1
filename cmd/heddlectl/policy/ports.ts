// Converts the port prefixes of a rule set to ranges: longest prefix match.
import type { RuleSetKey, RuleVerdict } from '../../../loader/abi/abi.gen.ts';

export interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly verdict: RuleVerdict;
}

const PORT_BITS = 16;

type Row = readonly [RuleSetKey, RuleVerdict];

/** Rows of one protocol; sorted, adjacent ranges with an equal verdict are merged. */
export function portRanges(rows: readonly Row[]): PortRange[] {
  const starts = new Set(rows.flatMap(([key]) => [key.port, lastPort(key) + 1]));
  const edges = [...starts].sort((a, b) => a - b);
  const ranges: PortRange[] = [];
  edges.forEach((first, at) => {
    const verdict = longest(rows, first)?.[1];
    const next = edges[at + 1];
    if (verdict === undefined || next === undefined) return;
    const before = ranges.at(-1);
    if (before !== undefined && before.last + 1 === first && isSame(before.verdict, verdict))
      ranges[ranges.length - 1] = { ...before, last: next - 1 };
    else ranges.push({ first, last: next - 1, verdict });
  });
  return ranges;
}

function longest(rows: readonly Row[], port: number): Row | undefined {
  return rows
    .filter(([key]) => key.port <= port && port <= lastPort(key))
    .sort(([a], [b]) => b.prefixBits - a.prefixBits)[0];
}

function lastPort({ port, prefixBits }: RuleSetKey): number {
  return port + 2 ** (PORT_BITS - prefixBits) - 1;
}

function isSame(a: RuleVerdict, b: RuleVerdict): boolean {
  return a.rule === b.rule && a.action === b.action;
}
