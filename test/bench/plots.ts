// Plots and tables of results for the documentation.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isPaired, type Result } from './figure.ts';
import { machineText, type MachineFacts } from './machine-facts.ts';
import { withFigures } from './performance-page.ts';
import { POLICY_CURVE, policyCurve } from './policy/curve.ts';
import { ratioChart } from './ratio-chart.ts';

export const PERFORMANCE_PAGE = 'docs/performance.md';
export const RATIO_CHART = 'docs/performance-ratios.svg';

/** Those that there are results for; their paths. Only a run of all figures renews what shows all of them. */
export function writePlots(
  results: readonly Result[],
  machine: MachineFacts,
  isWhole: boolean,
): readonly string[] {
  const plots = new Map<string, string>();
  const curve = policyCurve(results, machine);
  if (curve !== undefined) plots.set(POLICY_CURVE, curve);
  const pairs = results.filter(isPaired);
  if (isWhole && pairs.length > 0) plots.set(RATIO_CHART, ratioChart(pairs, machineText(machine)));
  if (isWhole && existsSync(PERFORMANCE_PAGE))
    plots.set(PERFORMANCE_PAGE, withFigures(readFileSync(PERFORMANCE_PAGE, 'utf8'), results, machine));
  for (const [path, text] of plots) writeFileSync(path, text);
  return [...plots.keys()];
}
