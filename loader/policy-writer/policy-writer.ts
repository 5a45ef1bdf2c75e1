// Makes compiled policy active: one change at a time, each atomic, the next only after an RCU grace period.
import { setTimeout as sleep } from 'node:timers/promises';
import { synchronizeRcu } from 'libbpf-ts';
import type { MapSet } from '../abi/map-set.ts';
import { HeddleError, messageOf } from '../errors.ts';
import type { SyncMode } from '../tables/sync-mode.ts';
import type { TableSync } from '../tables/sync-table.ts';
import type { Addr } from 'ip';
import type { Change } from '../model/change.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import type { PodId, PolicyInput } from '../policy/compiled.ts';
import { PolicyCompiler } from '../policy/compiler.ts';
import { BankedTables, type OnStep } from './banked-tables.ts';

export interface PolicyWriterOptions {
  readonly vni: number;
  readonly onChange: (change: Change) => void;
  /** A change could not be committed: the next `update` or `sync` retries. */
  readonly onFailure: (error: unknown) => void;
  readonly onStep?: OnStep;
  /** Resolves when no packet in flight reads the previous bank. */
  readonly gracePeriod?: () => Promise<void>;
}

/** Waited where the kernel reports no grace period: far longer than a packet's processing. */
const GRACE_PERIOD_FALLBACK_MS = 1_000;

export class PolicyWriter implements Disposable {
  readonly #options: PolicyWriterOptions;
  #compiler = new PolicyCompiler();
  #maps: MapSet | undefined;
  #tables: BankedTables | undefined;
  /** The newest input that arrived during a grace period. */
  #next: PolicyInput | undefined;
  #inGracePeriod = false;
  #isBumpDue = false;
  #failure: HeddleError | undefined;
  /** A commit failed half way: memory and maps may differ, `sync` adopts the maps again. */
  #isBroken = false;
  /** Incremented by `adopt`: a grace period of an earlier epoch is ignored. */
  #epoch = 0;
  #waiters: (() => void)[] = [];

  constructor(options: PolicyWriterOptions) {
    this.#options = options;
  }

  /** Why the newest policy is not active; the previous one still is. */
  get failure(): HeddleError | undefined {
    return this.#failure;
  }

  /** Whether any policy is active. */
  get isActive(): boolean {
    return this.#tables !== undefined && this.#tables.generation > 0n;
  }

  /** Level-triggered: adopts the maps if they were replaced, then commits `input`. `onChange`: of foreign writes that it mends. */
  sync(maps: MapSet, input: PolicyInput, mode: SyncMode, onChange = this.#options.onChange): void {
    if (this.#maps !== maps || this.#isBroken || this.#tables?.isForeign() === true) {
      this.#adopt(maps, input);
      return;
    }
    this.update(input);
    if (mode === 'full') this.#attempt(tables => tables.verify().forEach(onChange));
  }

  /** Active when it returns, or after the pending grace period. */
  update(input: PolicyInput): void {
    if (this.#inGracePeriod) this.#next = input;
    else this.#apply(input);
  }

  /** Resolves when no input is queued. */
  whenIdle(): Promise<void> {
    if (this.#next === undefined) return Promise.resolve();
    return new Promise(resolve => this.#waiters.push(resolve));
  }

  /**
   * Like `update`, for an input with one more pod, whose policy is active when it returns; its addresses have no rows yet.
   * Throws if that fails, or if an input is queued (`whenIdle`).
   */
  addPod(input: PolicyInput, podId: PodId): void {
    const tables = this.#requireTables();
    if (this.#next !== undefined) throw new HeddleError('NOT_READY', 'policy is just changing: try again');
    if (this.#failure !== undefined) throw this.#failure;
    if (podId >= tables.podCapacity)
      throw new HeddleError(
        'MAP_FULL',
        `hd_pod has room for ${tables.podCapacity - 1} pods, and all are in use`,
      );
    tables.stage(this.#compiler.compiled, this.#compiler.update(input));
    tables.writeActive({ keepOld: this.#inGracePeriod });
  }

  /** Drops all packets of that pod id from now on; the caller then calls `update` without the pod. */
  closePod(podId: PodId): void {
    this.#tables?.closePod(podId);
  }

  /** Endpoints changed: bumps the generation, so that every flow is evaluated again. */
  bumpGeneration(): void {
    const { identities, cidrs } = this.#compiler.compiled;
    const isNeeded = identities.size + cidrs.size > 0; // without identities all addresses are alike
    if (this.#inGracePeriod) this.#isBumpDue ||= isNeeded;
    else if (isNeeded) this.#attempt(tables => this.#bumpNow(tables));
    else if (this.#tables?.isShadowStale === true) this.#awaitGracePeriod();
  }

  /** Makes hd_endpoint hold exactly these rows. `incremental` assumes that only this class writes the map. */
  syncEndpoints(rows: ReadonlyMap<Addr, EndpointRow>, mode: SyncMode = 'full'): TableSync {
    const { endpoints, bank } = this.#requireTables();
    let isChanged = true; // some rows may be written when it throws
    try {
      const sync = mode === 'incremental' ? endpoints.update(rows, bank) : endpoints.sync(rows, bank);
      isChanged = sync.written + sync.deleted > 0;
      return sync;
    } finally {
      if (isChanged) this.bumpGeneration();
    }
  }

  putEndpoint(row: EndpointRow): void {
    const tables = this.#requireTables();
    tables.endpoints.put(row, tables.bank);
  }

  deleteEndpoint(addr: Addr): void {
    this.#requireTables().endpoints.delete(addr);
  }

  /** Leaves the maps as they are. */
  [Symbol.dispose](): void {
    this.#epoch++;
    this.#tables = undefined;
  }

  #requireTables(): BankedTables {
    if (this.#tables === undefined) throw new HeddleError('NOT_READY', 'no policy is active yet: try again');
    return this.#tables;
  }

  #adopt(maps: MapSet, input: PolicyInput): void {
    this.#epoch++;
    this.#inGracePeriod = false;
    if (this.#isBroken) this.#compiler = new PolicyCompiler();
    this.#isBroken = false;
    this.#maps = maps;
    this.#tables = new BankedTables(maps, this.#options.vni, this.#options.onStep);
    this.#attempt(tables => {
      this.#compiler.update(input);
      tables.stageAll(this.#compiler.compiled);
      this.#commit(tables, true);
    });
    this.#resolveWaiters();
  }

  #apply(input: PolicyInput): void {
    if (this.#isBroken) return; // the next `sync` adopts the maps
    this.#attempt(tables => {
      tables.stage(this.#compiler.compiled, this.#compiler.update(input));
      this.#commit(tables, false);
    });
  }

  #commit(tables: BankedTables, repair: boolean): void {
    tables.writeShadow({ repair });
    this.#failure = undefined;
    if (tables.isSwitchDue || this.#isBumpDue) {
      this.#isBumpDue = false;
      tables.switchBank();
      this.#awaitGracePeriod();
    } else {
      tables.commitWithoutSwitch();
      if (tables.isShadowStale) this.#awaitGracePeriod();
    }
  }

  #bumpNow(tables: BankedTables): void {
    this.#isBumpDue = false;
    tables.bumpGeneration();
    this.#awaitGracePeriod();
  }

  /** MAP_FULL leaves maps and memory consistent; any other error marks them as broken. */
  #attempt(action: (tables: BankedTables) => void): void {
    if (this.#tables === undefined) return; // the first `sync` commits everything
    try {
      action(this.#tables);
    } catch (error) {
      this.#isBroken ||= !(error instanceof HeddleError && error.code === 'MAP_FULL');
      const reason = messageOf(error);
      const code = error instanceof HeddleError ? error.code : 'INTERNAL';
      const text = `the newest policy is not active, the previous one still is: ${reason}`;
      this.#failure = new HeddleError(code, text, { cause: error });
      this.#options.onFailure(this.#failure);
    }
  }

  #awaitGracePeriod(): void {
    this.#inGracePeriod = true;
    const epoch = this.#epoch;
    const { gracePeriod = synchronizeRcu } = this.#options;
    void gracePeriod()
      .catch(() => sleep(GRACE_PERIOD_FALLBACK_MS)) // kernels with nohz_full report none
      .then(() => {
        if (epoch === this.#epoch) this.#gracePeriodOver();
      });
  }

  #gracePeriodOver(): void {
    this.#inGracePeriod = false;
    this.#attempt(tables => tables.syncShadow());
    const next = this.#next;
    if (next !== undefined) this.#apply(next);
    else if (this.#isBumpDue) this.#attempt(tables => this.#bumpNow(tables));
    this.#resolveWaiters();
  }

  #resolveWaiters(): void {
    this.#next = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
