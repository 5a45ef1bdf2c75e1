// hd_service, hd_backend and hd_backend_info: written before anything refers to them, deleted when no program reads them.
import { setTimeout as sleep } from 'node:timers/promises';
import { synchronizeRcu, type BpfMap } from 'libbpf-ts';
import { changedKeys } from '../collections/map-diff.ts';
import type { BackendSet, CompiledServices } from '../services/service-rows.ts';
import { isFull, mapFull, rawMap } from './encoded-rows.ts';
import { ServiceEncoder, type EncodedServices, type ServiceMaps } from './service-entries.ts';
import { RetiredRows } from './retired-rows.ts';
import type { SyncMode } from './sync-mode.ts';
import { diffTable, type TableDiff } from './table-diff.ts';

type Ports = CompiledServices['ports'];
type Texts = BpfMap<string, string>;

export interface ServiceTablesOptions {
  readonly vni: number;
  /** The map has no row of that list any more. */
  readonly onGone: (set: BackendSet) => void;
  /** Rows were deleted, after a grace period. */
  readonly onDeleted: (rows: number) => void;
  readonly onFailure: (error: unknown) => void;
  /** Resolves when no packet in flight reads what was replaced. */
  readonly gracePeriod?: () => Promise<void>;
}

/** `users`: rows that name it. */
interface List {
  readonly set: BackendSet;
  readonly users: number;
}

/** Waited where the kernel reports no grace period: far longer than a packet's processing. */
const GRACE_PERIOD_FALLBACK_MS = 1_000;

export class ServiceTables implements Disposable {
  readonly #options: ServiceTablesOptions;
  readonly #encoder: ServiceEncoder;
  readonly #services: Texts;
  readonly #backends: Texts;
  readonly #states: Texts;
  /** As written last; undefined after an error. */
  #written: Ports | undefined;
  /** Lists that rows of hd_service name, by their keys: an equal list may be another object. */
  #lists = new Map<string, List>();
  /** To be deleted after the next grace period, and after the one that has begun. */
  #retired = new RetiredRows();
  #due: RetiredRows | undefined;
  #isDisposed = false;

  constructor(maps: ServiceMaps, options: ServiceTablesOptions) {
    this.#options = options;
    this.#encoder = new ServiceEncoder(maps, options.vni);
    this.#services = rawMap(maps.hd_service);
    this.#backends = rawMap(maps.hd_backend);
    this.#states = rawMap(maps.hd_backend_info);
  }

  /** Writes rows of Services that have changed, and returns their number; `full` reads the maps. Throws MAP_FULL. */
  sync(ports: Ports, mode: SyncMode): number {
    const before = this.#written;
    this.#written = undefined;
    const written =
      mode === 'full' || before === undefined ? this.#syncAll(ports) : this.#syncChanged(before, ports);
    this.#written = ports;
    return written;
  }

  /** Call once the rows that lead to replaced ones are written: deletes these when no program reads them. */
  retire(): void {
    if (this.#due !== undefined || this.#retired.isEmpty) return;
    this.#due = this.#retired;
    this.#retired = new RetiredRows();
    const { gracePeriod = synchronizeRcu, onFailure } = this.#options;
    void gracePeriod()
      .catch(() => sleep(GRACE_PERIOD_FALLBACK_MS)) // kernels with nohz_full report none
      .then(() => this.#deleteDue())
      .catch((error: unknown) => {
        this.#written = undefined; // the next sync reads the maps
        onFailure(error);
      });
  }

  /** Leaves the maps as they are. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
  }

  #syncChanged(before: Ports, now: Ports): number {
    const changed = changedKeys(before, now);
    const old = this.#encoder.rowsOf(changed.flatMap(key => before.get(key) ?? []));
    const rows = this.#encoder.rowsOf(changed.flatMap(key => now.get(key) ?? []));
    const lists = listsOf(rows);
    const isNew = ({ set }: List): boolean => !this.#lists.has(set.key);
    const fresh = [...lists.values()].filter(isNew).flatMap(({ set }) => this.#encoder.setRows(set));
    this.#keep(rows);
    const ofStates = diffTable(rows.states, old.states);
    const ofServices = diffTable(rows.services, old.services);
    write(this.#states, ofStates.set);
    write(this.#backends, fresh);
    write(this.#services, ofServices.set);
    this.#retired.add({ states: ofStates.delete, services: ofServices.delete });
    for (const list of lists.values()) this.#acquire(list);
    for (const list of listsOf(old).values()) this.#release(list);
    return ofStates.set.length + fresh.length + ofServices.set.length;
  }

  /** What the maps have beside the rows is retired, as all that was replaced. */
  #syncAll(ports: Ports): number {
    const rows = this.#encoder.rowsOf([...ports.values()].flat());
    const lists = listsOf(rows);
    const backends = new Map([...lists.values()].flatMap(({ set }) => this.#encoder.setRows(set)));
    this.#keep(rows);
    const ofStates = diffTable(rows.states, new Map(this.#states.entries()));
    const ofBackends = diffTable(backends, new Map(this.#backends.entries()));
    const ofServices = diffTable(rows.services, new Map(this.#services.entries()));
    writeOrFree(this.#states, ofStates);
    writeOrFree(this.#backends, ofBackends);
    writeOrFree(this.#services, ofServices);
    const sets = [...this.#lists.values()].flatMap(({ set }) => (lists.has(set.key) ? [] : [set]));
    this.#retired.add({
      ...{ states: ofStates.delete, services: ofServices.delete, backends: ofBackends.delete, sets },
    });
    this.#lists = lists;
    return ofStates.set.length + ofBackends.set.length + ofServices.set.length;
  }

  #acquire({ set, users }: List): void {
    const known = this.#lists.get(set.key);
    this.#lists.set(set.key, { set, users: users + (known?.users ?? 0) });
  }

  #release({ set, users }: List): void {
    const left = (this.#lists.get(set.key)?.users ?? 0) - users;
    if (left > 0) this.#lists.set(set.key, { set, users: left });
    else {
      this.#lists.delete(set.key);
      this.#retired.add({ backends: this.#encoder.setKeys(set), sets: [set] });
    }
  }

  /** They have come back before they were deleted. */
  #keep({ services, states, sets }: EncodedServices): void {
    for (const retired of [this.#retired, this.#due]) {
      if (retired === undefined || retired.isEmpty) continue;
      retired.keep('services', services.keys());
      retired.keep('states', states.keys());
      for (const set of new Set(sets)) retired.keepSet(set, this.#encoder.setKeys(set));
    }
  }

  /** Frontends before the lists that they name. */
  #deleteDue(): void {
    const due = this.#due;
    this.#due = undefined;
    if (due === undefined || this.#isDisposed) return;
    const deleted = this.#deleteRows(due);
    for (const set of due.sets.values()) this.#options.onGone(set);
    this.#options.onDeleted(deleted.reduce((sum, each) => sum + each, 0));
    this.retire();
  }

  #deleteRows(due: RetiredRows): readonly number[] {
    const [services, backends, states] = [[...due.services], [...due.backends], [...due.states]];
    try {
      return [
        this.#services.deleteBatch(services),
        this.#backends.deleteBatch(backends),
        this.#states.deleteBatch(states),
      ];
    } catch (error) {
      this.#retired.add({ services, backends, states, sets: [...due.sets.values()] }); // to be tried again
      throw error;
    }
  }
}

function listsOf({ sets }: EncodedServices): Map<string, List> {
  const lists = new Map<string, List>();
  for (const set of sets) lists.set(set.key, { set, users: (lists.get(set.key)?.users ?? 0) + 1 });
  return lists;
}

/** Of a full map what is not desired goes at once: what an earlier, larger table has left would be in the way for good. */
function writeOrFree(map: Texts, { set, delete: surplus }: TableDiff): void {
  try {
    map.setBatch(set);
  } catch (error) {
    if (!isFull(error)) throw error;
    map.deleteBatch(surplus);
    write(map, set);
  }
}

function write(map: Texts, rows: readonly (readonly [string, string])[]): void {
  try {
    map.setBatch(rows);
  } catch (error) {
    throw isFull(error) ? mapFull(map, error) : error;
  }
}
