// What takes compiled policy into force: one change after the other, each as a whole, each once all packets have left the last.
import { setTimeout as sleep } from 'node:timers/promises';
import { synchronizeRcu } from 'libbpf-ts';
import type { MapSet } from '../abi/map-set.ts';
import { HeddleError } from '../errors.ts';
import type { TableSync } from '../tables/sync-table.ts';
import type { Addr } from '../model/addr.ts';
import type { Change } from '../model/change.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import type { PodSlot, PolicyInput } from '../policy/compiled.ts';
import { PolicyCompiler } from '../policy/compiler.ts';
import { PlaneTables, type OnStep } from './plane-tables.ts';

export interface PolicyPlaneOptions {
  readonly segment: number;
  readonly onChange: (change: Change) => void;
  /** A change could not be put in force: `update` or `pass` tries again. */
  readonly onFailure: (error: unknown) => void;
  readonly onStep?: OnStep;
  /** Resolves when all packets that were on their way have been judged. */
  readonly gracePeriod?: () => Promise<void>;
}

/** Instead of a grace period where the kernel tells none: no packet takes so long. */
const LONG_MS = 1_000;

export class PolicyPlane implements Disposable {
  readonly #options: PolicyPlaneOptions;
  #compiler = new PolicyCompiler();
  #maps: MapSet | undefined;
  #tables: PlaneTables | undefined;
  /** Came while packets were waited for. */
  #next: PolicyInput | undefined;
  #isWaiting = false;
  #isRaiseDue = false;
  #failure: HeddleError | undefined;
  /** What is in memory cannot be relied on any more. */
  #isBroken = false;
  /** Counts what a grace period that ends late has nothing to do with any more. */
  #epoch = 0;
  #waiters: (() => void)[] = [];

  constructor(options: PolicyPlaneOptions) {
    this.#options = options;
  }

  /** Why the newest policy is not in force; the one before is, as a whole. */
  get failure(): HeddleError | undefined {
    return this.#failure;
  }

  /** Some policy is in force, if not the newest. */
  get isActive(): boolean {
    return this.#tables !== undefined && this.#tables.generation > 0n;
  }

  /** Level-triggered: takes up the maps, if they are others than before, and what is to be in force. */
  pass(maps: MapSet, input: PolicyInput, { verify }: { readonly verify: boolean }): void {
    if (this.#maps !== maps || this.#isBroken || this.#tables?.isForeign() === true) {
      this.#takeUp(maps, input);
      return;
    }
    this.update(input);
    if (verify) this.#attempt(tables => tables.verify().forEach(this.#options.onChange));
  }

  /** In force when it returns, or after the packets that the last change has let on their way. */
  update(input: PolicyInput): void {
    if (this.#isWaiting) this.#next = input;
    else this.#apply(input);
  }

  /** Resolves when nothing that was given to `update` waits. */
  settled(): Promise<void> {
    if (this.#next === undefined) return Promise.resolve();
    return new Promise(resolve => this.#waiters.push(resolve));
  }

  /**
   * As `update`, of a pod more than before, whose policy is in force when it returns; its addresses have no rows yet.
   * Throws when it cannot be, or when something else waits (`settled`).
   */
  addPod(input: PolicyInput, slot: PodSlot): void {
    const tables = this.#requireTables();
    if (this.#next !== undefined) throw new HeddleError('NOT_READY', 'policy is just changing: try again');
    if (this.#failure !== undefined) throw this.#failure;
    if (slot >= tables.podSlots)
      throw new HeddleError(
        'MAP_FULL',
        `hd_pod has room for ${tables.podSlots - 1} pods, and all are in use`,
      );
    tables.stage(this.#compiler.compiled, this.#compiler.update(input));
    tables.fillInForce({ keepOld: this.#isWaiting });
  }

  /** Nothing passes for that pod from now on; `update` without it follows. */
  closePod(slot: PodSlot): void {
    this.#tables?.closePod(slot);
  }

  /** Who is where has changed: what was judged before is judged again. */
  raise(): void {
    const { identities, cidrs } = this.#compiler.compiled;
    const isNeeded = identities.size + cidrs.size > 0; // else all addresses are alike
    if (this.#isWaiting) this.#isRaiseDue ||= isNeeded;
    else if (isNeeded) this.#attempt(tables => this.#raiseNow(tables));
    else if (this.#tables?.isUnsettled === true) this.#wait();
  }

  /** Makes hd_endpoint hold these, with their identities. `isQuick`: nobody else is taken to have written it. */
  syncEndpoints(rows: readonly EndpointRow[], { isQuick = false } = {}): TableSync {
    const { endpoints, version } = this.#requireTables();
    const sync = isQuick ? endpoints.update(rows, version) : endpoints.sync(rows, version);
    if (sync.written + sync.deleted > 0) this.raise();
    return sync;
  }

  putEndpoint(row: EndpointRow): void {
    const tables = this.#requireTables();
    tables.endpoints.put(row, tables.version);
  }

  deleteEndpoint(addr: Addr): void {
    this.#requireTables().endpoints.delete(addr);
  }

  /** The maps stay as they are. */
  [Symbol.dispose](): void {
    this.#epoch++;
    this.#tables = undefined;
  }

  #requireTables(): PlaneTables {
    if (this.#tables === undefined)
      throw new HeddleError('NOT_READY', 'no policy is in force yet: try again');
    return this.#tables;
  }

  #takeUp(maps: MapSet, input: PolicyInput): void {
    this.#epoch++;
    this.#isWaiting = false;
    if (this.#isBroken) this.#compiler = new PolicyCompiler();
    this.#isBroken = false;
    this.#maps = maps;
    this.#tables = new PlaneTables(maps, this.#options.segment, this.#options.onStep);
    this.#attempt(tables => {
      this.#compiler.update(input);
      tables.stageAll(this.#compiler.compiled);
      this.#putInForce(tables, true);
    });
    this.#nothingWaits();
  }

  #apply(input: PolicyInput): void {
    if (this.#isBroken) return; // the next pass takes all of it up
    this.#attempt(tables => {
      tables.stage(this.#compiler.compiled, this.#compiler.update(input));
      this.#putInForce(tables, false);
    });
  }

  #putInForce(tables: PlaneTables, repair: boolean): void {
    tables.fill({ repair });
    this.#failure = undefined;
    if (tables.isFlipDue || this.#isRaiseDue) {
      this.#isRaiseDue = false;
      tables.flip();
      this.#wait();
    } else {
      tables.skipFlip();
      if (tables.isUnsettled) this.#wait();
    }
  }

  #raiseNow(tables: PlaneTables): void {
    this.#isRaiseDue = false;
    tables.raise();
    this.#wait();
  }

  /** MAP_FULL leaves everything as it was; after anything else there is no telling. */
  #attempt(action: (tables: PlaneTables) => void): void {
    if (this.#tables === undefined) return; // the first pass will do it all
    try {
      action(this.#tables);
    } catch (error) {
      this.#isBroken ||= !(error instanceof HeddleError && error.code === 'MAP_FULL');
      const reason = error instanceof Error ? error.message : String(error);
      const code = error instanceof HeddleError ? error.code : 'INTERNAL';
      const text = `the newest policy is not in force, the one before is: ${reason}`;
      this.#failure = new HeddleError(code, text, { cause: error });
      this.#options.onFailure(this.#failure);
    }
  }

  #wait(): void {
    this.#isWaiting = true;
    const epoch = this.#epoch;
    const { gracePeriod = synchronizeRcu } = this.#options;
    void gracePeriod()
      .catch(() => sleep(LONG_MS)) // a kernel with nohz_full tells none
      .then(() => {
        if (epoch === this.#epoch) this.#proceed();
      });
  }

  #proceed(): void {
    this.#isWaiting = false;
    this.#attempt(tables => tables.settle());
    const next = this.#next;
    if (next !== undefined) this.#apply(next);
    else if (this.#isRaiseDue) this.#attempt(tables => this.#raiseNow(tables));
    this.#nothingWaits();
  }

  #nothingWaits(): void {
    this.#next = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
