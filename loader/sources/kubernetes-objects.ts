// Kubernetes objects as they come, checked at the edge and reduced to the model's.
import { z } from 'zod';
import type { Addr } from '../model/addr.ts';
import { isIpv4 } from '../model/addr.ts';
import {
  podKey,
  type ContainerPort,
  type NamespaceObject,
  type NodeObject,
  type PodKey,
  type PodObject,
} from '../model/objects.ts';
import type { Policy } from '../model/policies.ts';
import { clusterNetworkPolicy } from './cluster-network-policy.ts';
import * as field from './kubernetes-fields.ts';
import { networkPolicy } from './network-policy.ts';
import { sharedLabels } from './shared-labels.ts';

/** What a source writes back beside the objects: the addresses that a node has given to a pod. */
export interface PodAddresses {
  readonly key: PodKey;
  readonly uid?: string;
  /** Who wrote it. */
  readonly nodeName: string;
  readonly addresses: readonly Addr[];
}

export type ClusterObject =
  | { readonly kind: 'Node'; readonly object: NodeObject }
  | { readonly kind: 'Namespace'; readonly object: NamespaceObject }
  | { readonly kind: 'Pod'; readonly object: PodObject }
  | { readonly kind: 'PodAddresses'; readonly object: PodAddresses }
  /** `given` is the object as it came. */
  | { readonly kind: Policy['kind']; readonly object: Policy; readonly given: object };

export type ObjectKind = ClusterObject['kind'];

export const POD_ADDRESSES_VERSION = 'heddle.dev/v1';

/** As it is written, for other nodes to read. */
export function podAddressesObject({ key, uid, nodeName, addresses }: PodAddresses): object {
  const [namespace, name] = key.split('/');
  const metadata = { namespace, name, ...(uid !== undefined && { uid }) };
  return { apiVersion: POD_ADDRESSES_VERSION, kind: 'PodAddresses', metadata, nodeName, addresses };
}

const node = z
  .object({
    metadata: field.metadata,
    spec: z.object({ podCIDR: field.cidr.nullish(), podCIDRs: z.array(field.cidr).nullish() }).nullish(),
    status: z
      .object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })).nullish() })
      .nullish(),
  })
  .transform((value, context): NodeObject => {
    const annotations = value.metadata.annotations ?? {};
    const annotated = <T>(name: string, schema: z.ZodType<T>): T | undefined =>
      nested(schema, annotations[name], { context, path: ['metadata', 'annotations', name] });
    const addressesOf = (type: string): Addr[] =>
      (value.status?.addresses ?? []).flatMap((entry, i) => {
        if (entry.type !== type) return [];
        return (
          nested(field.addr, entry.address, { context, path: ['status', 'addresses', i, 'address'] }) ?? []
        );
      });
    const vtepMac = annotated('heddle.dev/vtep-mac', field.mac);
    const uplink = annotated('heddle.dev/uplink', field.deviceName);
    return {
      name: value.metadata.name,
      labels: value.metadata.labels ?? {},
      podCidrs: value.spec?.podCIDRs ?? (value.spec?.podCIDR ? [value.spec.podCIDR] : []),
      internalAddresses: addressesOf('InternalIP'),
      externalAddresses: addressesOf('ExternalIP'),
      tunnelAddresses: annotated('heddle.dev/tunnel-address', field.addrs) ?? [],
      ...(vtepMac && { vtepMac }),
      ...(uplink && { uplink }),
    };
  });

const namespace = z
  .object({ metadata: field.metadata })
  .transform(({ metadata }): NamespaceObject => ({ name: metadata.name, labels: metadata.labels ?? {} }));

const containerPort = z
  .object({
    name: z.string().nullish(),
    containerPort: z.int().min(1).max(65_535),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).nullish(),
  })
  .transform(port => ({
    number: port.containerPort,
    protocol: port.protocol ?? ('TCP' as const),
    ...(port.name && { name: port.name }),
  }));

const pod = z
  .object({
    metadata: field.metadata,
    spec: z
      .object({
        nodeName: z.string().nullish(),
        hostNetwork: z.boolean().nullish(),
        containers: z.array(z.object({ ports: z.array(containerPort).nullish() })).nullish(),
      })
      .nullish(),
    status: z
      .object({
        phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).nullish(),
        podIP: z.union([z.literal(''), field.addr]).nullish(),
        podIPs: z.array(z.object({ ip: field.addr })).nullish(),
      })
      .nullish(),
  })
  .transform(({ metadata, spec, status }): PodObject => ({
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    labels: sharedLabels(metadata.labels ?? {}),
    hostNetwork: spec?.hostNetwork ?? false,
    phase: status?.phase ?? 'Pending',
    addresses: ipv4First(status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP ? [status.podIP] : [])),
    ports: portsOf(spec?.containers ?? []),
    ...(metadata.uid && { uid: metadata.uid }),
    ...(spec?.nodeName && { nodeName: spec.nodeName }),
  }));

const podAddresses = z
  .object({ metadata: field.metadata, nodeName: field.name, addresses: z.array(field.addr) })
  .transform(({ metadata, nodeName, addresses }): PodAddresses => ({
    key: podKey({ namespace: metadata.namespace ?? 'default', name: metadata.name }),
    nodeName,
    addresses,
    ...(metadata.uid && { uid: metadata.uid }),
  }));

export const objectSchemas = {
  Node: node,
  Namespace: namespace,
  Pod: pod,
  PodAddresses: podAddresses,
  NetworkPolicy: networkPolicy,
  ClusterNetworkPolicy: clusterNetworkPolicy,
} satisfies Record<ObjectKind, z.ZodType<ClusterObject['object']>>;

/** One for all pods without any: there are many. */
const NO_PORTS: readonly ContainerPort[] = [];

function portsOf(
  containers: readonly { readonly ports?: readonly ContainerPort[] | null | undefined }[],
): readonly ContainerPort[] {
  const ports = containers.flatMap(container => container.ports ?? []);
  return ports.length > 0 ? ports : NO_PORTS;
}

function ipv4First(addresses: readonly Addr[]): readonly Addr[] {
  if (addresses.length === 1) return addresses;
  return [...addresses.filter(isIpv4), ...addresses.filter(addr => !isIpv4(addr))];
}

/** A field whose form depends on another field: its errors are the object's. */
function nested<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at: { context: z.RefinementCtx; path: (string | number)[] },
): T | undefined {
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  at.context.addIssue({
    code: 'custom',
    message: result.error.issues[0]?.message ?? 'is invalid',
    path: at.path,
  });
  return undefined;
}
