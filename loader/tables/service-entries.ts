// Encodes what Services were compiled to as rows of hd_service, hd_backend and hd_backend_info.
import { BackendCondition } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { PROTOCOL } from '../abi/protocol.ts';
import type { BackendSet, BackendState, CompiledPort, FrontendRow } from '../services/service-rows.ts';
import { encoder } from './encoded-rows.ts';
import type { EncodedRow } from './mirrored-map.ts';

export type ServiceMaps = Pick<MapSet, 'hd_service' | 'hd_backend' | 'hd_backend_info'>;

const NUMBERS = { TCP: PROTOCOL.tcp, UDP: PROTOCOL.udp, SCTP: PROTOCOL.sctp } as const;

/** Rows of some ports, by encoded key. */
export interface EncodedServices {
  readonly services: Map<string, string>;
  readonly states: Map<string, string>;
  /** Once for each row that names it. */
  readonly sets: BackendSet[];
}

export class ServiceEncoder {
  readonly #vni: number;
  readonly #service;
  readonly #backend;
  readonly #state;

  constructor({ hd_service, hd_backend, hd_backend_info }: ServiceMaps, vni: number) {
    this.#vni = vni;
    this.#service = { key: encoder(hd_service.key), value: encoder(hd_service.value) };
    this.#backend = { key: encoder(hd_backend.key), value: encoder(hd_backend.value) };
    this.#state = { key: encoder(hd_backend_info.key), value: encoder(hd_backend_info.value) };
  }

  rowsOf(ports: Iterable<CompiledPort>): EncodedServices {
    const rows: EncodedServices = { services: new Map(), states: new Map(), sets: [] };
    for (const { id, frontends, states } of ports) {
      for (const frontend of frontends) {
        rows.services.set(...this.#serviceRow(frontend));
        if (frontend.set.number !== 0) rows.sets.push(frontend.set);
      }
      for (const state of states) rows.states.set(...this.#stateRow(id, state));
    }
    return rows;
  }

  setRows({ number, backends }: BackendSet): EncodedRow[] {
    return backends.map(({ addr, port }, slot) => [
      this.#backend.key({ backendSet: number, slot }),
      this.#backend.value({ addr, port }),
    ]);
  }

  setKeys({ number, backends }: BackendSet): string[] {
    return backends.map((_, slot) => this.#backend.key({ backendSet: number, slot }));
  }

  #serviceRow({ addr, port, protocol, id, set, affinityS }: FrontendRow): EncodedRow {
    return [
      this.#service.key({ vni: this.#vni, port, protocol: NUMBERS[protocol], addr }),
      this.#service.value({ id, backendSet: set.number, count: set.backends.length, affinityS }),
    ];
  }

  #stateRow(serviceId: number, { addr, port, isReady }: BackendState): EncodedRow {
    const condition = isReady ? BackendCondition.READY : BackendCondition.DRAINING;
    return [this.#state.key({ serviceId, port, addr }), this.#state.value({ condition })];
  }
}
