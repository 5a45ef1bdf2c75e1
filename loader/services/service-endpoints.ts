// The endpoints of one port of a Service, from all its slices: each address and port once.
import type { Family } from 'ip';
import type {
  EndpointSliceObject,
  ServiceObject,
  ServicePort,
  SliceEndpoint,
} from '../model/service-objects.ts';
import { textOf } from './backend-sets.ts';

/** With the number of the port that the slice says. */
export type PortEndpoint = SliceEndpoint & { readonly port: number };

/** `slices` in an order that does not depend on when they came. Of an endpoint in several, the ready one counts. */
export function endpointsOf(
  { publishNotReadyAddresses }: ServiceObject,
  { name, protocol }: ServicePort,
  family: Family,
  slices: readonly EndpointSliceObject[],
): readonly PortEndpoint[] {
  const found: PortEndpoint[] = [];
  for (const slice of slices) {
    if (slice.family !== family) continue;
    for (const port of slice.ports) {
      if (port.name !== name || port.protocol !== protocol) continue;
      for (const each of slice.endpoints)
        found.push({ ...each, port: port.port, isReady: each.isReady || publishNotReadyAddresses === true });
    }
  }
  const isPlain = new Set(found.map(({ addr }) => addr)).size === found.length;
  return isPlain ? found : distinct(found);
}

function distinct(endpoints: readonly PortEndpoint[]): readonly PortEndpoint[] {
  const found = new Map<string, PortEndpoint>();
  for (const endpoint of endpoints) {
    const text = textOf(endpoint);
    const known = found.get(text);
    if (known === undefined || rankOf(endpoint) > rankOf(known)) found.set(text, endpoint);
  }
  return [...found.values()];
}

function rankOf({ isReady, isServing }: SliceEndpoint): number {
  if (isReady) return 2;
  return isServing ? 1 : 0;
}
