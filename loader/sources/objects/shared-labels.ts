// Pods of one workload have equal labels: one object for all of them.
import type { Labels } from '../../model/labels.ts';

/** Of as many kinds: more are forgotten, and then held more than once. */
const MOST = 8_192;

const known = new Map<string, Labels>();

export function sharedLabels(labels: Labels): Labels {
  const text = JSON.stringify(labels);
  const shared = known.get(text);
  if (shared !== undefined) return shared;
  if (known.size >= MOST) known.clear();
  known.set(text, labels);
  return labels;
}
