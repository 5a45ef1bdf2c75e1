// EndpointSlices as they come, checked at the edge and reduced to the model's.
import * as z from 'zod';
import { familyOf, type Addr, type Family } from 'ip';
import { messageOf } from '../../errors.ts';
import type {
  EndpointHints,
  EndpointSliceObject,
  SliceEndpoint,
  SlicePort,
} from '../../model/service-objects.ts';
import * as field from './kubernetes-fields.ts';
import { addressOf, isForeign, namesOf, portNumber, protocol, shared } from './service-fields.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

const FAMILIES: Readonly<Record<'IPv4' | 'IPv6' | 'FQDN', Family | undefined>> = {
  IPv4: 'ipv4',
  IPv6: 'ipv6',
  FQDN: undefined,
};

/** Absent of an IP: the port is of all endpoints, whatever it is; kube-proxy leaves it out, too. */
const port = z
  .object({ name: z.string().nullish(), protocol, port: portNumber.nullish() })
  .transform(({ name, protocol, port }): SlicePort | undefined =>
    port ? { name: name ?? '', protocol, port } : undefined,
  );

const hint = z.object({ name: z.string() });

const endpoint = z.object({
  addresses: z.array(z.string().nullish()),
  conditions: z
    .object({
      ready: z.boolean().nullish(),
      serving: z.boolean().nullish(),
      terminating: z.boolean().nullish(),
    })
    .nullish(),
  nodeName: z.string().nullish(),
  hints: z.object({ forZones: field.listOf(hint), forNodes: field.listOf(hint) }).nullish(),
});

export const endpointSlice = z
  .object({
    metadata: field.metadata,
    addressType: z.enum(['IPv4', 'IPv6', 'FQDN']),
    endpoints: z.array(endpoint.nullish()).nullish(),
    ports: field.listOf(port),
  })
  .transform((value, context): EndpointSliceObject => {
    const { metadata, endpoints } = value;
    const family = FAMILIES[value.addressType];
    const serviceName = metadata.labels?.[SERVICE_NAME];
    const read = (entry: RawEndpoint | null | undefined, i: number): SliceEndpoint[] => {
      const text = entry?.addresses[0];
      if (!entry || !text || family === undefined) return [];
      const path = ['endpoints', i, 'addresses', 0];
      const addr = addrOf(text, family, message => {
        context.addIssue({ code: 'custom', message, path });
      });
      return addr === undefined ? [] : [endpointOf(addr, entry)];
    };
    return {
      ...namesOf(metadata),
      ...(serviceName && !isForeign(metadata.labels) && { serviceName }),
      family,
      endpoints: (endpoints ?? []).flatMap(read),
      ports: shared.of((value.ports ?? []).filter(each => each !== undefined)),
    };
  });

type RawEndpoint = z.infer<typeof endpoint>;

function addrOf(text: string, family: Family, refuse: (message: string) => void): Addr | undefined {
  try {
    const addr = addressOf(text);
    if (familyOf(addr) === family) return addr;
    refuse('is not of the addressType');
  } catch (error) {
    refuse(messageOf(error));
  }
  return undefined;
}

/** A condition that is not said is as kube-proxy takes it. */
function endpointOf(addr: Addr, { conditions, nodeName, hints }: RawEndpoint): SliceEndpoint {
  const read = hintsOf(hints);
  return {
    addr,
    isReady: conditions?.ready ?? true,
    isServing: conditions?.serving ?? true,
    isTerminating: conditions?.terminating ?? false,
    ...(nodeName && { nodeName: shared.of(nodeName) }),
    ...(read && { hints: read }),
  };
}

function hintsOf(hints: RawEndpoint['hints']): EndpointHints | undefined {
  const [zones, nodes] = [hints?.forZones ?? [], hints?.forNodes ?? []];
  if (zones.length + nodes.length === 0) return undefined;
  return shared.of({ zones: zones.map(({ name }) => name), nodes: nodes.map(({ name }) => name) });
}
