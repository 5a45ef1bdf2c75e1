// The rows of hd_service, hd_backend and hd_backend_info, decoded.
import { BackendCondition, type Service, type ServiceKey } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { protocolName } from '../../../loader/abi/protocol.ts';
import { byAddress } from '../output/by-address.ts';
import { enumName } from '../output/enum-names.ts';
import type { Names } from './names.ts';

export interface ServiceRow {
  /** 'namespace/name', where the daemon says it. */
  readonly service?: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly vni: number;
  /** Number of the Service's port. */
  readonly id: number;
  /** Number of the list that new flows choose from. */
  readonly backendSet: number;
  /** Seconds; 0: none. */
  readonly affinityS: number;
  readonly backends: readonly BackendRow[];
}

export interface BackendRow {
  readonly address: string;
  readonly port: number;
  /** ready or draining; absent: it has no row of its own. */
  readonly condition?: string;
  /** 'namespace/name' of the pod. */
  readonly pod?: string;
}

/** By address, IPv4 first. */
export function serviceRows(maps: MapSet, names: Names): ServiceRow[] {
  const entries = byAddress(maps.hd_service.entries(), ([{ addr }]) => addr);
  return entries.map(([key, value]) => serviceRow(maps, names, { key, value }));
}

/** Backends that new flows do not choose, of one Service's port; reads the whole map. */
export function drainingRows(maps: MapSet, names: Names, id: number): BackendRow[] {
  const entries = byAddress(maps.hd_backend_info.entries(), ([{ addr }]) => addr);
  return entries.flatMap(([{ serviceId, addr, port }, { condition }]) =>
    serviceId === id && condition !== BackendCondition.READY
      ? [backendRow(names, { address: addr, port, condition: enumName(BackendCondition, condition) })]
      : [],
  );
}

function serviceRow(
  maps: MapSet,
  names: Names,
  { key, value }: { readonly key: ServiceKey; readonly value: Service },
): ServiceRow {
  const { addr, port, protocol, vni } = key;
  const { id, backendSet, affinityS, count } = value;
  const service = names.services.get(addr);
  return {
    ...(service !== undefined && { service }),
    ...{ address: addr, port, protocol: protocolName(protocol), vni, id, backendSet, affinityS },
    backends: Array.from({ length: count }, (_, slot) => {
      const backend = maps.hd_backend.get({ backendSet, slot });
      if (backend === undefined) return { address: '?', port: 0 }; // replaced while it was read
      const state = maps.hd_backend_info.get({ serviceId: id, addr: backend.addr, port: backend.port });
      return backendRow(names, {
        ...{ address: backend.addr, port: backend.port },
        ...(state && { condition: enumName(BackendCondition, state.condition) }),
      });
    }),
  };
}

function backendRow(names: Names, row: Omit<BackendRow, 'pod'>): BackendRow {
  const pod = names.pods.get(row.address);
  return { ...row, ...(pod !== undefined && { pod }) };
}
