// A rule set's rows before numbers are allocated.
import type { PortProtocol } from '../model/policies.ts';
import { namesPortsOf, verdictsByPort, type MatchingRules } from './first-match.ts';
import { portPrefixes } from './port-prefixes.ts';
import type { Verdict } from './verdict.ts';

const PROTOCOLS: readonly PortProtocol[] = ['TCP', 'UDP', 'SCTP'];

export interface DraftRow {
  readonly protocol?: PortProtocol;
  readonly prefixBits: number;
  readonly port: number;
  readonly verdict: Verdict;
}

export interface RuleSetDraft {
  /** Equal for equal rows. */
  readonly content: string;
  readonly rows: readonly DraftRow[];
}

export function draftRuleSet(rules: MatchingRules): RuleSetDraft {
  const anyProtocol = verdictsByPort(rules)[0]?.value ?? rules.otherwise;
  const rows: DraftRow[] = [{ prefixBits: 0, port: 0, verdict: anyProtocol }];
  for (const protocol of PROTOCOLS) {
    if (!namesPortsOf(rules, protocol)) continue; // then it differs in nothing
    for (const { bits, port, value } of portPrefixes(verdictsByPort(rules, protocol), anyProtocol))
      rows.push({ protocol, prefixBits: bits, port, verdict: value });
  }
  return { content: rows.map(rowContent).join('\n'), rows };
}

function rowContent({ protocol, prefixBits, port, verdict }: DraftRow): string {
  return `${protocol ?? 'any'} ${port}/${prefixBits} ${verdict.key}`;
}
