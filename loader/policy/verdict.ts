// A verdict and the rule behind it.
import type { RuleMeaning } from './compiled.ts';

export interface Verdict {
  /** Equal if and only if the verdicts are equal. */
  readonly key: string;
  readonly action: 'allow' | 'deny';
  readonly meaning: RuleMeaning;
  /** A key of the reason. */
  readonly reason: string;
  readonly everyPod: boolean;
  /** As in struct rule_verdict. */
  readonly order: number;
}

export function verdict(
  action: 'allow' | 'deny',
  meaning: RuleMeaning,
  { everyPod = false, order = 0 }: Partial<Pick<Verdict, 'everyPod' | 'order'>> = {},
): Verdict {
  const reason = reasonOf(meaning);
  const key = `${action}${everyPod ? ' every pod' : ''}${order > 0 ? ` at ${order}` : ''}: ${reason}`;
  return { key, action, meaning, reason, everyPod, order };
}

function reasonOf(meaning: RuleMeaning): string {
  switch (meaning.kind) {
    case 'listed':
      return `${meaning.direction} ${meaning.index} of ${meaning.policy}`;
    case 'isolated':
      return `${meaning.direction} isolated by ${meaning.policy}`;
    case 'default-accept':
      return `${meaning.direction} default`;
  }
}
