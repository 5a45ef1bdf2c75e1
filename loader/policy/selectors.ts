// Kubernetes' selectors: whether they select something, and one text for all that say the same.
import type { Labels } from '../model/labels.ts';
import type { LabelRequirement, LabelSelector, PodSelector } from '../model/policies.ts';

export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  for (const key in matchLabels) if (valueOf(labels, key) !== matchLabels[key]) return false;
  return matchExpressions.every(requirement => holds(requirement, labels));
}

export function selectsNamespace(
  namespaces: PodSelector['namespaces'],
  name: string,
  labels: Labels,
): boolean {
  return 'name' in namespaces ? namespaces.name === name : selects(namespaces, labels);
}

export function selectsEverything({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

export function selectsEveryPod({ namespaces, pods }: PodSelector): boolean {
  return !('name' in namespaces) && selectsEverything(namespaces) && selectsEverything(pods);
}

/** Equal for selectors that differ in order or repetition alone. */
export function selectorKey({ matchLabels, matchExpressions }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values }) =>
    JSON.stringify([key, operator, [...new Set(values)].sort()]),
  );
  return JSON.stringify([labelsKey(matchLabels), [...new Set(expressions)].sort()]);
}

export function podSelectorKey({ namespaces, pods }: PodSelector): string {
  const within = 'name' in namespaces ? `in ${namespaces.name}` : `in ${selectorKey(namespaces)}`;
  return `${within} ${selectorKey(pods)}`;
}

export function labelsKey(labels: Labels): string {
  const keys = Object.keys(labels).sort();
  return JSON.stringify(keys.flatMap(key => [key, labels[key]]));
}

function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = valueOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** A label may be called 'constructor'. */
function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
