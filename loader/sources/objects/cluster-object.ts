// An object as it was read, discriminated by its kind.
import { isPolicyKind, qualifiedName, type ObjectKind, type PolicyKind } from '../../model/kinds.ts';
import type { ObjectOf } from '../../model/objects.ts';

/** `raw`, of a policy: the object as it came. */
type ReadAs<K extends ObjectKind> = { readonly kind: K; readonly object: ObjectOf<K> } & (K extends PolicyKind
  ? { readonly raw: object }
  : unknown);

export type ClusterObject = { [K in ObjectKind]: ReadAs<K> }[ObjectKind];
export type PolicyRead = ReadAs<PolicyKind>;

export function isPolicyRead(read: ClusterObject): read is PolicyRead & ClusterObject {
  return isPolicyKind(read.kind);
}

/** The same for two objects of which only one can be there: 'Pod shop/web'. */
export function identityOf({ kind, object }: ClusterObject): string {
  return `${kind} ${qualifiedName(kind, object)}`;
}
