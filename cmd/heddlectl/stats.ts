// heddlectl stats: what became of every packet, by hook and verdict, as hd_metrics has it.
import type { Command } from 'commander';
import { colour } from './colour.ts';
import { verdictTexts } from '../../loader/abi/abi.gen.ts';
import { HOOK_NAMES, VERDICT_NAMES } from '../../loader/abi/hook-name.ts';
import { readMetrics, type MetricsRow } from '../../loader/maps/metrics.ts';
import { formatOf, targetOf } from './flags.ts';
import { printRows } from './output.ts';
import { withMaps } from './pinned.ts';
import type { Column } from './table.ts';

const columns: readonly Column<MetricsRow>[] = [
  { title: 'HOOK', text: row => row.hook },
  {
    title: 'VERDICT',
    text: row => row.verdict,
    tint: (row, text) => (row.verdict.startsWith('DROP_') && row.packets > 0n ? colour.red(text) : text),
  },
  { title: 'PACKETS', text: row => String(row.packets), align: 'right' },
  { title: 'BYTES', text: row => String(row.bytes), align: 'right' },
  { title: 'MEANING', text: row => verdictTexts[row.verdict], tint: (_row, text) => colour.dim(text) },
];

export function addStatsCommand(program: Command): void {
  program
    .command('stats')
    .description('packets and bytes by hook and verdict')
    .option('--all', 'also what never happened')
    .action(async (flags: { all?: true }, command: Command) => {
      const rows = await withMaps(targetOf(command), maps => readMetrics(maps.hd_metrics));
      printRows(formatOf(command), flags.all === true ? withZeros(rows) : rows, columns);
    });
}

/** Every hook with every verdict that can end a packet. */
function withZeros(rows: readonly MetricsRow[]): MetricsRow[] {
  const verdicts = VERDICT_NAMES.filter(verdict => verdict !== 'VERDICT_NEXT');
  return HOOK_NAMES.flatMap(hook =>
    verdicts.map(
      verdict =>
        rows.find(row => row.hook === hook && row.verdict === verdict) ?? {
          ...{ hook, verdict, packets: 0n, bytes: 0n },
        },
    ),
  );
}
