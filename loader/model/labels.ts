// Labels of objects, and what a selector sees of a namespace.

export type Labels = Readonly<Record<string, string>>;

/** Set by the API server on every Namespace, whatever the object says: its name. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** What selectors see of a namespace, also of one without an object: that label is certain. */
export function namespaceLabels(name: string, labels: Labels = {}): Labels {
  return labels[NAMESPACE_NAME_LABEL] === name ? labels : { ...labels, [NAMESPACE_NAME_LABEL]: name };
}
