// Which Services are served when the maps are too small for all: whole ones, in the order of their names.
import type { Addr } from 'ip';
import type { ServiceKey } from '../model/service-objects.ts';
import type { CompiledPort, CompiledServices, ServicesSize, Vip } from './service-rows.ts';
import { NO_ROWS, sizeOf, sumOf } from './services-size.ts';

/** Rows of each map. */
export interface ServicesCapacity {
  readonly services: number;
  readonly backends: number;
}

/** Share of hd_backend that stays free: a changed list is written beside the one that it replaces. */
const RESERVED_SHARE = 1 / 8;

/** `compiled` itself while it fits. */
export function fittingServices(compiled: CompiledServices, capacity: ServicesCapacity): CompiledServices {
  if (isWithin(compiled.size, capacity)) return compiled;
  const ports = new Map<ServiceKey, readonly CompiledPort[]>();
  let size = NO_ROWS;
  for (const [key, each] of [...compiled.ports].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const next = sumOf(size, sizeOf(each), 1);
    if (!isWithin(next, capacity)) continue;
    size = next;
    ports.set(key, each);
  }
  const vips = new Map<Addr, Vip>(
    [...ports.values()].flat().flatMap(({ frontends }) =>
      frontends.flatMap(({ addr }) => {
        const vip = compiled.vips.get(addr);
        return vip === undefined ? [] : [[addr, vip] as const];
      }),
    ),
  );
  const problem = capacityProblem(compiled, compiled.ports.size - ports.size, capacity);
  return { ports, vips, size, problems: [...compiled.problems, problem] };
}

function isWithin({ frontends, backends, states }: ServicesSize, capacity: ServicesCapacity): boolean {
  const room = Math.floor(capacity.backends * (1 - RESERVED_SHARE));
  return frontends <= capacity.services && Math.max(backends, states) <= room;
}

function capacityProblem(
  { ports, size }: CompiledServices,
  left: number,
  capacity: ServicesCapacity,
): string {
  const backends = Math.ceil(Math.max(size.backends, size.states) / (1 - RESERVED_SHARE));
  const [services, endpoints] = [powerOfTwo(size.frontends), powerOfTwo(backends)];
  return (
    `hd_service holds ${capacity.services} rows, hd_backend ${capacity.backends}: ${left} of ${ports.size} Services are not ` +
    `served. Set maps.services to ${Math.max(services, capacity.services)} and maps.backends to ${Math.max(endpoints, capacity.backends)}`
  );
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(least, 1)));
}
