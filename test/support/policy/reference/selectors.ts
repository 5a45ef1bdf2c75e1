// Kubernetes' LabelSelector, as its documentation words it.
import type { Labels } from '../world.ts';

export interface Selector {
  readonly matchLabels?: Labels | null;
  readonly matchExpressions?: readonly Requirement[] | null;
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | null;
}

/** "The result of matchLabels and matchExpressions are ANDed. An empty label selector matches all objects." */
export function selects(selector: Selector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}))
    if (valueOf(labels, key) !== value) return false;
  for (const requirement of selector.matchExpressions ?? []) if (!holds(requirement, labels)) return false;
  return true;
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = valueOf(labels, key);
  const isThere = value !== undefined;
  const isListed = isThere && (values ?? []).includes(value);
  switch (operator) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed; // also where the label is missing
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return !isThere;
    default:
      throw new RangeError(`no label selector has the operator '${operator}'`);
  }
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
