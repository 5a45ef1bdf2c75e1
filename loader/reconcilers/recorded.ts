// A reconciler whose changes the runner sees, so that it notices one that does not converge.
import type { Change } from '../model/change.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

export function recorded<R extends Reconciler>(context: NodeContext, make: (context: NodeContext) => R): R {
  const changes: Change[] = [];
  const onChange = (change: Change): void => {
    changes.push(change);
    context.onChange(change);
  };
  return { ...make({ ...context, onChange }), drainChanges: () => changes.splice(0) };
}
