// heddlectl stats: the packet counters of hd_metrics, by hook and verdict.
import type { Command } from 'commander';
import { colour } from '../output/colour.ts';
import { verdictTexts } from '../../../loader/abi/abi.gen.ts';
import { isDrop, isLinkChatter } from '../../../loader/abi/drop-verdicts.ts';
import { HOOK_NAMES, VERDICT_NAMES } from '../../../loader/abi/hook-name.ts';
import { readMetrics, type MetricsRow } from '../../../loader/tables/metrics.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { withFormerVerdict } from '../output/former-verdicts.ts';
import { printRows } from '../output/output.ts';
import { withMaps } from '../tables/pinned.ts';
import { checkStats } from './stats-check.ts';
import type { Column } from '../output/table.ts';
import { UsageError } from '../invocation/usage-error.ts';

const MAX_SECONDS = 3_600;

const columns: readonly Column<MetricsRow>[] = [
  { title: 'HOOK', text: row => row.hook },
  {
    title: 'VERDICT',
    text: row => row.verdict,
    tint: (row, text) =>
      isDrop(row.verdict) && !isLinkChatter(row) && row.packets > 0n ? colour.red(text) : text,
  },
  { title: 'PACKETS', text: row => String(row.packets), align: 'right' },
  { title: 'BYTES', text: row => String(row.bytes), align: 'right' },
  { title: 'MEANING', text: row => verdictTexts[row.verdict], tint: (_row, text) => colour.dim(text) },
];

interface StatsFlags {
  readonly all?: true;
  readonly check?: true;
  readonly seconds: string;
}

export function addStatsCommand(program: Command): void {
  program
    .command('stats')
    .description('packets and bytes by hook and verdict')
    .option('--all', 'include counters that are zero')
    .option('--check', 'compare with counters outside of the programs: exit status 1 unless all balance')
    .option('--seconds <n>', 'duration of --check', '2')
    .action(async (flags: StatsFlags, command: Command) => {
      if (flags.check === true) {
        await checkStats(targetOf(command), formatOf(command), secondsOf(flags.seconds));
        return;
      }
      const rows = await withMaps(targetOf(command), maps => readMetrics(maps.hd_metrics));
      const shown = flags.all === true ? withZeros(rows) : rows;
      printRows(formatOf(command), shown.map(withFormerVerdict), columns, 'no packets counted yet');
    });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text !== '' && seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new UsageError(`--seconds cannot be '${text}': use a number from 0 to ${MAX_SECONDS}`);
}

/** Every hook with every final verdict. */
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
