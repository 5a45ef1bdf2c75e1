// The tables of Services over maps of text rows, as the reconciler drives them.
import { ServiceCompiler, type ServicesInput } from '../../../loader/services/compiler.ts';
import type { BackendSet } from '../../../loader/services/service-rows.ts';
import { ServiceTables } from '../../../loader/tables/service-tables.ts';
import type { SyncMode } from '../../../loader/tables/sync-mode.ts';
import { mapOf, TextMap } from '../../support/text-map.ts';

export const VNI = 7;

export class ServiceWorld {
  readonly raw;
  readonly maps;
  readonly tables: ServiceTables;
  readonly compiler = new ServiceCompiler();
  /** 'set hd_service', 'delete hd_backend', a line a row. */
  readonly calls: string[] = [];
  readonly gone: BackendSet[] = [];
  readonly failures: unknown[] = [];
  deleted = 0;
  #pass: (() => void) | undefined;

  constructor(capacity?: number) {
    this.raw = {
      hd_service: new TextMap('hd_service', capacity),
      hd_backend: new TextMap('hd_backend', capacity),
      hd_backend_info: new TextMap('hd_backend_info', capacity),
    };
    for (const map of Object.values(this.raw)) map.onWrite = (how, name) => this.calls.push(`${how} ${name}`);
    const { hd_service, hd_backend, hd_backend_info } = this.raw;
    this.maps = {
      hd_service: mapOf(hd_service),
      hd_backend: mapOf(hd_backend),
      hd_backend_info: mapOf(hd_backend_info),
    };
    this.tables = new ServiceTables(this.maps, {
      vni: VNI,
      onGone: set => {
        this.gone.push(set);
        this.compiler.sets.forget(set);
      },
      onDeleted: rows => (this.deleted += rows),
      onFailure: error => this.failures.push(error),
      gracePeriod: () => new Promise(resolve => (this.#pass = resolve)),
    });
  }

  write(input: ServicesInput, mode: SyncMode = 'incremental'): number {
    const { ports } = this.compiler.update(input);
    try {
      return this.tables.sync(ports, mode);
    } finally {
      this.tables.retire();
    }
  }

  /** Of each map. */
  get sizes(): readonly number[] {
    return Object.values(this.raw).map(({ rows }) => rows.size);
  }

  /** Ends one that has begun. */
  async graceOver(): Promise<void> {
    const pass = this.#pass;
    this.#pass = undefined;
    pass?.();
    await new Promise(resolve => setImmediate(resolve));
  }

  takeCalls(): readonly string[] {
    return this.calls.splice(0);
  }
}
