// The numbers that an earlier daemon gave to Services and to lists of backends, as the pinned maps have them.
import type { Backend, Frontend } from '../services/service-rows.ts';
import { protocolName } from '../abi/protocol.ts';
import type { ServiceMaps } from './service-entries.ts';

export interface FormerServices {
  readonly idOf: (frontend: Frontend) => number | undefined;
  /** Whole lists, in the order of their slots. */
  readonly sets: ReadonlyMap<number, readonly Backend[]>;
}

export function formerServices({ hd_service, hd_backend }: ServiceMaps, vni: number): FormerServices {
  const ids = new Map<string, number>();
  for (const [{ vni: own, addr, port, protocol }, { id }] of hd_service.entries())
    if (own === vni) ids.set(`${addr} ${port} ${protocolName(protocol)}`, id);
  const slots = new Map<number, Map<number, Backend>>();
  for (const [{ backendSet, slot }, { addr, port }] of hd_backend.entries()) {
    const list = slots.get(backendSet) ?? new Map<number, Backend>();
    slots.set(backendSet, list.set(slot, { addr, port }));
  }
  const sets = new Map<number, readonly Backend[]>();
  for (const [number, list] of slots) {
    const backends = Array.from({ length: list.size }, (_, slot) => list.get(slot));
    if (backends.every(each => each !== undefined)) sets.set(number, backends);
  }
  return {
    idOf: ({ addr, port, protocol }) => ids.get(`${addr} ${port} ${protocol.toLowerCase()}`),
    sets,
  };
}
