// Nodes, Namespaces and Pods as they come, checked at the edge and reduced to the model's; policies have files of their own.
import * as z from 'zod';
import { type Addr, isIpv4 } from 'ip';
import { DEFAULT_NAMESPACE } from '../../model/kinds.ts';
import { flannelAnnotationsOf } from '../../model/flannel-annotations.ts';
import { namespaceLabels } from '../../model/labels.ts';
import {
  type ContainerPort,
  type NamespaceObject,
  type NodeObject,
  type PodAddresses,
  type PodObject,
} from '../../model/objects.ts';
import * as field from './kubernetes-fields.ts';
import { sharedLabels } from './shared-labels.ts';

const nodeAddress = z.object({ type: z.string(), address: z.string() });
const condition = z.object({ type: z.string().nullish(), status: z.string().nullish() });

export const node = z
  .object({
    metadata: field.metadata,
    spec: z.object({ podCIDR: field.cidr.nullish(), podCIDRs: field.listOf(field.cidr) }).nullish(),
    status: z
      .object({
        addresses: z.array(nodeAddress.nullish()).nullish(),
        conditions: field.listOf(condition),
      })
      .nullish(),
  })
  .transform((value, context): NodeObject => {
    const annotations = value.metadata.annotations ?? {};
    const annotated = <T>(name: string, schema: z.ZodType<T>): T | undefined =>
      nested(schema, annotations[name], { context, path: ['metadata', 'annotations', name] });
    const addressesOf = (type: string): Addr[] =>
      (value.status?.addresses ?? []).flatMap((entry, i) => {
        if (entry?.type !== type) return [];
        return (
          nested(field.nodeAddr, entry.address, { context, path: ['status', 'addresses', i, 'address'] }) ??
          []
        );
      });
    const vtepMac = annotated('heddle.dev/vtep-mac', field.mac);
    const uplink = annotated('heddle.dev/uplink', field.deviceName);
    const ready = value.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    return {
      name: value.metadata.name,
      labels: value.metadata.labels ?? {},
      podCidrs: listed(value.spec?.podCIDRs) ?? (value.spec?.podCIDR ? [value.spec.podCIDR] : []),
      internalAddresses: addressesOf('InternalIP'),
      externalAddresses: addressesOf('ExternalIP'),
      tunnelAddresses: annotated('heddle.dev/tunnel-address', field.nodeAddrs) ?? [],
      ...(vtepMac && { vtepMac }),
      ...flannelAnnotationsOf(annotations),
      ...(uplink && { uplink }),
      ...(ready && { isReady: ready === 'True' }),
      ...createdAt(value.metadata),
    };
  });

export const namespace = z
  .object({ metadata: field.metadata })
  .transform(({ metadata: { name, labels } }): NamespaceObject => {
    return { name, labels: namespaceLabels(name, labels ?? {}) };
  });

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

const ports = field.listOf<ContainerPort>(containerPort);
const container = z.object({ ports });

export const pod = z
  .object({
    metadata: field.podMetadata,
    spec: z
      .object({
        nodeName: z.string().nullish(),
        hostNetwork: z.boolean().nullish(),
        containers: field.listOf(container),
        initContainers: field.listOf(z.object({ ports, restartPolicy: z.string().nullish() })),
      })
      .nullish(),
    status: z
      .object({
        phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).nullish(),
        podIP: z.union([z.literal(''), field.addr]).nullish(),
        podIPs: field.listOf(z.object({ ip: field.addr })),
      })
      .nullish(),
  })
  .transform(({ metadata, spec, status }): PodObject => ({
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    labels: sharedLabels(metadata.labels ?? {}),
    hostNetwork: spec?.hostNetwork ?? false,
    phase: status?.phase ?? 'Pending',
    addresses: ipv4First(
      listed(status?.podIPs)?.map(({ ip }) => ip) ?? (status?.podIP ? [status.podIP] : []),
    ),
    ports: portsOf([...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter(isSidecar)]),
    ...(metadata.uid && { uid: metadata.uid }),
    ...staticUid(metadata.annotations),
    ...(spec?.nodeName && { nodeName: spec.nodeName }),
    ...(isPresent(metadata.deletionTimestamp) && { isTerminating: true as const }),
    ...createdAt(metadata),
  }));

export const podAddresses = z
  .object({ metadata: field.metadata, nodeName: field.name, addresses: field.listOf(field.addr) })
  .transform(({ metadata, nodeName, addresses }): PodAddresses => ({
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    nodeName,
    addresses: addresses ?? [],
    ...(metadata.uid && { uid: metadata.uid }),
  }));

/** Annotations that the kubelet puts on the mirror object of a static pod. */
const STATIC_UIDS = ['kubernetes.io/config.hash', 'kubernetes.io/config.mirror'] as const;

function staticUid(
  annotations: Readonly<Record<string, string>> | null | undefined,
): Pick<PodObject, 'staticUid'> {
  const uid = STATIC_UIDS.map(name => annotations?.[name]).find(value => value !== undefined && value !== '');
  return uid === undefined ? {} : { staticUid: uid };
}

/** Runs beside the others until they end; other init containers are over before, and ephemeral ones have no ports. */
function isSidecar({ restartPolicy }: { readonly restartPolicy?: string | null | undefined }): boolean {
  return restartPolicy === 'Always';
}

/** Absent also when it is empty: the field of old stands in for it then. */
function listed<T>(list: readonly T[] | null | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function createdAt({ creationTimestamp }: { readonly creationTimestamp?: number | null | undefined }): {
  readonly createdAtMs?: number;
} {
  return typeof creationTimestamp === 'number' ? { createdAtMs: creationTimestamp } : {};
}

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
