// Rows of Services' maps, as the daemon writes them. A Service's list of backends has the number of the Service.
import { NODE, VNI } from './cluster.ts';
import type { Enumerators } from './enumerators.ts';
import type { Given, GivenEndpoint } from './given.ts';
import type { MapEntry } from './map-entry.ts';

type Services = Pick<Given, 'services'>;

export function serviceEndpoints({ services }: Services): readonly GivenEndpoint[] {
  const addresses = new Set(services.map(({ addr }) => addr));
  return [...addresses].map(addr => ({ addr, kind: 'ENDPOINT_SERVICE', node: NODE.own }));
}

export function serviceEntries({ services }: Services): readonly MapEntry[] {
  return services.map(({ addr, port, protocol, id, ready, affinityS = 0 }) => [
    { vni: VNI, addr, port, protocol },
    { id, backendSet: id, count: ready.length, affinityS },
  ]);
}

export function backendEntries({ services }: Services): readonly MapEntry[] {
  return services.flatMap(({ id, ready }) =>
    ready.map(([addr, port], slot): MapEntry => [
      { backendSet: id, slot },
      { addr, port },
    ]),
  );
}

export function backendStateEntries({ services }: Services, names: Enumerators): readonly MapEntry[] {
  const rows = (
    { id, ...service }: Services['services'][number],
    which: 'ready' | 'draining',
  ): readonly MapEntry[] =>
    (service[which] ?? []).map(([addr, port]) => [
      { serviceId: id, addr, port },
      { condition: names.valueOf(`BACKEND_${which.toUpperCase()}`) },
    ]);
  return services.flatMap(service => [...rows(service, 'draining'), ...rows(service, 'ready')]);
}
