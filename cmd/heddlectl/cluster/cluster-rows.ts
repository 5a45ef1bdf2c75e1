// The row of an object of the cluster.
import type { StoredObject } from '../../../loader/sources/etcd/administration.ts';
import { colour } from '../output/colour.ts';
import type { Column } from '../output/table.ts';

export interface ClusterRow extends StoredObject {
  /** Nodes: whether the lease of its daemon is alive. */
  readonly alive?: boolean;
}

interface Shape {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly nodeName?: string; readonly podCIDRs?: readonly string[] };
  readonly status?: { readonly addresses?: readonly { readonly address: string }[] };
}

export const clusterColumns: readonly Column<ClusterRow>[] = [
  { title: 'KIND', text: row => row.kind },
  { title: 'NAME', text: ({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`) },
  {
    title: 'DETAILS',
    text: details,
    tint: ({ alive }, text) => (alive === false ? colour.yellow(text) : text),
  },
];

export function clusterRow(object: StoredObject, isAlive: boolean): ClusterRow {
  return { ...object, ...(object.kind === 'Node' && { alive: isAlive }) };
}

function details({ object, alive }: ClusterRow): string {
  const { metadata, spec, status } = object as Shape;
  const labels = Object.entries(metadata?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    ...(alive === false ? ['disconnected'] : []),
    ...(status?.addresses ?? []).map(({ address }) => address),
    ...(spec?.podCIDRs === undefined ? [] : ['pods', ...spec.podCIDRs]),
    ...(spec?.nodeName === undefined ? [] : [`on ${spec.nodeName}`]),
    ...labels,
  ].join(' ');
}
