// The outcome of applying a policy, in one word.
import { heddle } from '../../../loader/api/proto.gen.js';

const { ApplyOutcome } = heddle.v1;

export function outcomeWord(outcome: heddle.v1.ApplyOutcome | null | undefined): string {
  if (outcome === ApplyOutcome.APPLY_OUTCOME_CREATED) return 'created';
  return outcome === ApplyOutcome.APPLY_OUTCOME_CONFIGURED ? 'configured' : 'unchanged';
}
