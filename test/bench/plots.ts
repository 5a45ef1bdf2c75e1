// Plots of results for the documentation.
import { writeFileSync } from 'node:fs';
import type { Result } from './figure.ts';
import type { MachineFacts } from './machine-facts.ts';
import { POLICY_CURVE, policyCurve } from './policy/curve.ts';

/** Those that there are results for; their paths. */
export function writePlots(results: readonly Result[], machine: MachineFacts): readonly string[] {
  const curve = policyCurve(results, machine);
  if (curve === undefined) return [];
  writeFileSync(POLICY_CURVE, curve);
  return [POLICY_CURVE];
}
