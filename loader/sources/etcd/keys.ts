// Where things lie in etcd, below the configured prefix.
import { qualifiedName, type ObjectKind, type ObjectName } from '../../model/kinds.ts';

export interface Keys {
  /** What `heddlectl cluster init` has written: the ranges that nodes take their pod CIDRs from. */
  readonly cluster: string;
  /** What the keys of all slots begin with, and those of all objects. */
  readonly slots: string;
  readonly objects: string;
  /** Whose the n-th pod CIDR of every range is. */
  slot(slot: number): string;
  /** Which slot a node has: it keeps it, whether it runs or not. */
  claim(node: string): string;
  /** Under the node's lease: it is there as long as its daemon is. */
  alive(node: string): string;
  /** An object of Kubernetes' form. */
  object(kind: ObjectKind, name: ObjectName): string;
  /** What the keys of all objects of that kind begin with. */
  objectsOf(kind: ObjectKind): string;
  /** PodAddresses that a node publishes for its pods, all below one key. */
  podsOf(node: string): string;
}

export function keysBelow(prefix: string): Keys {
  return {
    cluster: `${prefix}/cluster`,
    slots: `${prefix}/slots/`,
    objects: `${prefix}/objects/`,
    slot: slot => `${prefix}/slots/${slot}`,
    claim: node => `${prefix}/claims/${node}`,
    alive: node => `${prefix}/alive/${node}`,
    object: (kind, name) => `${prefix}/objects/${kind}/${qualifiedName(kind, name)}`,
    objectsOf: kind => `${prefix}/objects/${kind}/`,
    podsOf: node => `${prefix}/pods/${node}/`,
  };
}

/** Which kind of key that is, by its first part: `objects`, `pods`, `alive` … */
export function sectionOf(prefix: string, key: string): string {
  return key.slice(prefix.length + 1).split('/', 1)[0] ?? '';
}
