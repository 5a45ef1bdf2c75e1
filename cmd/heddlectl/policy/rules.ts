// The rules of policies, in the order of evaluation.
import type { heddle } from '../../../loader/api/proto.gen.js';
import { colour } from '../output/colour.ts';
import { terminalWidth } from '../output/terminal-width.ts';
import { renderTable, type Column } from '../output/table.ts';

export interface ShownRule {
  readonly tier: string;
  readonly policy: string;
  readonly priority: number;
  /** From 1, as people count. */
  readonly rule: number;
  readonly name?: string;
  readonly action: string;
  readonly peers: readonly string[];
  readonly ports: readonly string[];
}

export function describeRules({ rules }: heddle.v1.IExplainedDirection): ShownRule[] {
  return (rules ?? []).map(({ tier, policy, priority, index, name, action, peers, ports }) => ({
    ...{ tier: tier ?? '', policy: policy ?? '', priority: priority ?? 0 },
    rule: (index ?? 0) + 1,
    ...(name ? { name } : {}),
    ...{ action: action ?? '', peers: peers ?? [], ports: ports ?? [] },
  }));
}

const columns: readonly Column<ShownRule>[] = [
  { title: 'TIER', text: row => row.tier },
  { title: 'POLICY', text: row => row.policy },
  { title: 'RULE', text: row => (row.name === undefined ? String(row.rule) : `${row.rule} ${row.name}`) },
  {
    title: 'ACTION',
    text: row => row.action,
    tint: (row, text) => (row.action === 'Deny' ? colour.red(text) : text),
  },
  { title: 'PEERS', text: row => listed(row.peers) },
  { title: 'PORTS', text: row => listed(row.ports) },
];

const INDENT = '  ';

export function ruleLines(rules: readonly ShownRule[]): string[] {
  const table = renderTable(rules, columns, terminalWidth() - INDENT.length);
  return table === '' ? [] : table.split('\n').map(line => `${INDENT}${line}`);
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join('; ');
}
