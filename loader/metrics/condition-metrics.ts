// The conditions of readiness as metrics: one sample each, so that an alert can name what does not hold.
import { Gauge, type Registry } from 'prom-client';

export interface ConditionFigures {
  /** Names of all conditions, and of those that do not hold. */
  readonly conditions: readonly string[];
  readonly unmet: readonly string[];
}

export function addConditions(registry: Registry, figures: () => ConditionFigures): void {
  const gauge: Gauge<'condition'> = new Gauge({
    name: 'heddle_condition',
    help: '1 if a condition of readiness holds, else 0',
    labelNames: ['condition'],
    registers: [registry],
    collect: () => {
      const { conditions, unmet } = figures();
      for (const condition of conditions) gauge.set({ condition }, unmet.includes(condition) ? 0 : 1);
    },
  });
}
