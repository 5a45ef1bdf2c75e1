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
  /** A ClusterNetworkPolicy's rule has decided. */
  readonly isClusterRule: boolean;
}

export function verdict(
  action: 'allow' | 'deny',
  meaning: RuleMeaning,
  { everyPod = false, isClusterRule = false }: Partial<Pick<Verdict, 'everyPod' | 'isClusterRule'>> = {},
): Verdict {
  const reason = reasonOf(meaning);
  const key = `${action}${everyPod ? ' every pod' : ''}${isClusterRule ? ' of the cluster' : ''}: ${reason}`;
  return { key, action, meaning, reason, everyPod, isClusterRule };
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
