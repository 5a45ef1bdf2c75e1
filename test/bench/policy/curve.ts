// The plot of a packet's cost over the number of rules, as SVG of our own making.
import type { Result } from '../figure.ts';
import { type MachineFacts, machineText } from '../machine-facts.ts';
import { lineChart, type Series } from '../svg-chart.ts';
import { CASES } from './packet-case.ts';

export const POLICY_CURVE = 'docs/policy-curve.svg';
const COUNTS = [0, 10, 1_000, 100_000] as const;

/** Undefined when it was not measured. */
export function policyCurve(results: readonly Result[], machine: MachineFacts): string | undefined {
  const values = new Map(results.flatMap(result => ('value' in result ? [[result.name, result.value]] : [])));
  const series: Series[] = CASES.map(name => ({
    label: name.replace('_established', ', established flow').replace('_new', ', new flow'),
    values: COUNTS.map(count => values.get(`policy_testrun_ns_${name}_${count}`) ?? Number.NaN),
  }));
  if (series.some(each => each.values.some(Number.isNaN))) return undefined;
  return lineChart({
    title: 'Cost of a packet by the number of policy rules, 50,000 endpoints',
    subtitle: machineText(machine),
    unit: 'ns/packet',
    ticks: COUNTS.map(count => `${count.toLocaleString('en')} rules`),
    series,
  });
}
