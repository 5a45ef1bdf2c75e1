// One answer and the reason for it.
import type { RuleMeaning } from './compiled.ts';

export interface Verdict {
  /** Equal for equal verdicts, and for them alone. */
  readonly key: string;
  readonly action: 'allow' | 'deny';
  readonly meaning: RuleMeaning;
  /** The reason's own content. */
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
