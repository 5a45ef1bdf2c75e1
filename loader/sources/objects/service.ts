// Services as they come, checked at the edge and reduced to the model's.
import * as z from 'zod';
import type { Addr } from 'ip';
import type { ServiceObject, ServicePort } from '../../model/service-objects.ts';
import * as field from './kubernetes-fields.ts';
import { address, isForeign, namesOf, portNumber, protocol, shared } from './service-fields.ts';

/** Of `sessionAffinityConfig.clientIP.timeoutSeconds`, as the API server fills it in. */
const AFFINITY_S = 10_800;

/** 'None' and '' are none. */
const clusterIp = field.parsed((text): Addr | undefined =>
  text === '' || text === 'None' ? undefined : address.parse(text),
);

const trafficPolicy = z.enum(['Cluster', 'Local']).nullish();

const port = z
  .object({
    name: z.string().nullish(),
    protocol,
    port: portNumber,
    nodePort: z.int().min(0).max(65_535).nullish(),
  })
  .transform((value): ServicePort => ({
    name: value.name ?? '',
    protocol: value.protocol,
    port: value.port,
    ...(value.nodePort ? { nodePort: value.nodePort } : {}),
  }));

/** Entries that cannot be read admit nobody; a list without entries is none. */
const sourceRanges = z
  .array(field.cidr.nullish())
  .transform(entries =>
    entries.length === 0 ? undefined : entries.filter(each => each !== null && each !== undefined),
  )
  .nullish();

const spec = z.object({
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).nullish(),
  clusterIP: clusterIp.nullish(),
  clusterIPs: z.array(clusterIp.nullish()).nullish(),
  externalIPs: field.listOf(address),
  ports: field.listOf(port),
  sessionAffinity: z.enum(['None', 'ClientIP']).nullish(),
  sessionAffinityConfig: z
    .object({ clientIP: z.object({ timeoutSeconds: z.int().min(1).max(86_400).nullish() }).nullish() })
    .nullish(),
  internalTrafficPolicy: trafficPolicy,
  externalTrafficPolicy: trafficPolicy,
  trafficDistribution: z.string().nullish(),
  loadBalancerSourceRanges: sourceRanges,
  healthCheckNodePort: z.int().min(0).max(65_535).nullish(),
  publishNotReadyAddresses: z.boolean().nullish(),
});

const ingress = z.object({ ip: z.union([z.literal(''), address]).nullish(), ipMode: z.string().nullish() });

export const service = z
  .object({
    metadata: field.metadata,
    spec: spec.nullish(),
    status: z.object({ loadBalancer: z.object({ ingress: field.listOf(ingress) }).nullish() }).nullish(),
  })
  .transform(({ metadata, spec: said, status }): ServiceObject => {
    const balancers = status?.loadBalancer?.ingress ?? [];
    return {
      ...namesOf(metadata),
      type: said?.type ?? 'ClusterIP',
      clusterIps: list(clusterIpsOf(said)),
      externalIps: list(said?.externalIPs ?? []),
      loadBalancerIps: list(balancers.flatMap(({ ip, ipMode }) => (ip && ipMode !== 'Proxy' ? [ip] : []))),
      ports: shared.of(said?.ports ?? []),
      affinityS: affinityOf(said),
      internalTrafficPolicy: said?.internalTrafficPolicy ?? 'Cluster',
      externalTrafficPolicy: said?.externalTrafficPolicy ?? 'Cluster',
      ...(metadata.uid && { uid: metadata.uid }),
      ...(typeof metadata.creationTimestamp === 'number' && { createdAtMs: metadata.creationTimestamp }),
      ...optionalOf(said),
      ...(isForeign(metadata.labels) && { isForeign: true as const }),
    };
  });

type Spec = z.infer<typeof spec> | null | undefined;

const NONE: readonly never[] = [];

function list<T>(values: readonly T[]): readonly T[] {
  return values.length === 0 ? NONE : [...new Set(values)];
}

function optionalOf(said: Spec): Partial<ServiceObject> {
  const { trafficDistribution, loadBalancerSourceRanges, healthCheckNodePort } = said ?? {};
  return {
    ...(trafficDistribution && { trafficDistribution: shared.of(trafficDistribution) }),
    ...(loadBalancerSourceRanges && { sourceRanges: loadBalancerSourceRanges }),
    ...(healthCheckNodePort ? { healthCheckNodePort } : {}),
    ...(said?.publishNotReadyAddresses === true && { publishNotReadyAddresses: true as const }),
  };
}

/** The field of old stands in for an absent or empty list. */
function clusterIpsOf(said: Spec): readonly Addr[] {
  const known = said?.clusterIPs ?? [];
  return (known.length > 0 ? known : [said?.clusterIP]).filter(each => each !== null && each !== undefined);
}

function affinityOf(said: Spec): number {
  if (said?.sessionAffinity !== 'ClientIP') return 0;
  return said.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_S;
}
