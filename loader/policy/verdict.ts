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
