// The maps that hold policy in two banks, and the steps that replace one policy by the next.
import type { MapSet } from '../abi/map-set.ts';
import { changeControl } from '../tables/control.ts';
import type { Change } from '../model/change.ts';
import type { CompiledPolicy, PodId, PolicyChange } from '../policy/compiled.ts';
import { CidrTable } from './cidr-table.ts';
import { EndpointTable } from './endpoint-table.ts';
import { PodTable } from './pod-table.ts';
import { PolicyRows } from './policy-rows.ts';
import { syncChanges } from '../tables/sync-changes.ts';

/** Called after each step; tests kill the process there. */
export type OnStep = (
  step:
    'rows written' | 'shadow bank written' | 'bank switched' | 'shadow bank synced' | 'unused rows deleted',
) => void;

export class BankedTables {
  readonly endpoints: EndpointTable;
  readonly #maps: MapSet;
  readonly #rows: PolicyRows;
  readonly #cidrs: CidrTable;
  readonly #pods: PodTable;
  readonly #onStep: OnStep;
  #generation: bigint;
  #isSwitchDue: boolean;

  /** Adopts the active bank; the shadow bank may hold anything. */
  constructor(maps: MapSet, vni: number, onStep: OnStep = () => undefined) {
    this.#maps = maps;
    this.#onStep = onStep;
    const { generation, isWhole } = readGeneration(maps);
    this.#generation = generation;
    this.#isSwitchDue = !isWhole;
    this.#rows = new PolicyRows(maps);
    this.#cidrs = new CidrTable(maps.hd_cidr, vni, this.bank);
    this.#pods = new PodTable(maps.hd_pod, this.bank);
    this.endpoints = new EndpointTable(maps.hd_endpoint, vni, this.bank);
  }

  get generation(): bigint {
    return this.#generation;
  }

  /** The active one. */
  get bank(): number {
    return Number(this.#generation & 1n);
  }

  get podCapacity(): number {
    return this.#pods.capacity;
  }

  /** Stages a change in memory; writes nothing. */
  stage(compiled: CompiledPolicy, change: PolicyChange): void {
    this.#rows.stage(compiled, change);
    for (const cidr of change.cidrs) this.#cidrs.prefixes.stage(cidr, compiled.cidrs.get(cidr));
    for (const podId of change.pods) this.#pods.stage(podId, compiled.pods.get(podId));
    for (const addr of change.identities)
      this.endpoints.identities.stage(addr, compiled.identities.get(addr));
  }

  /** Stages all of it, and the deletion of everything else. */
  stageAll(compiled: CompiledPolicy): void {
    const { identities, cidrs, pods } = compiled;
    this.stage(compiled, {
      identities: new Set([...this.endpoints.identities.keys(), ...identities.keys()]),
      cidrs: new Set([...this.#cidrs.prefixes.activeKeys(), ...cidrs.keys()]),
      pods: new Set([...this.#pods.policies.keys(), ...pods.keys()]),
      peers: new Map([...compiled.peers].map(([policy, rows]) => [policy, new Set(rows.keys())])),
      ruleSets: new Set(compiled.ruleSets.keys()),
      rules: new Set(compiled.rules.keys()),
    });
  }

  /**
   * Writes what is staged into the shadow bank. Throws MAP_FULL without having written anything; the change stays staged.
   * `repair` compares the whole shadow bank, not only staged keys.
   */
  writeShadow({ repair }: { readonly repair: boolean }): void {
    const { bank } = this;
    this.#writeOrRollback(() => {
      this.#rows.write();
      this.#onStep('rows written');
      if (repair) this.#cidrs.repair(bank);
      else this.#cidrs.write(this.#cidrs.prefixes.staged(), bank);
    });
    if (repair) {
      this.#pods.repair(bank);
      this.endpoints.repair(bank);
    } else {
      this.#pods.write(this.#pods.policies.staged(), bank);
      this.endpoints.rewrite(this.endpoints.identities.staged(), bank);
    }
    this.#onStep('shadow bank written');
  }

  /** Whether the staged change can alter the verdict on any packet. */
  get isSwitchDue(): boolean {
    const { identities } = this.endpoints;
    return (
      this.#isSwitchDue ||
      this.#cidrs.prefixes.staged().length > 0 ||
      this.#pods.policies.staged().length > 0 ||
      identities.staged().some(addr => this.endpoints.has(addr))
    );
  }

  /** Packets read the shadow bank from now on, and every flow is evaluated again. */
  switchBank(): void {
    this.#commit(true);
    this.bumpGeneration();
    this.#onStep('bank switched');
  }

  /** Every flow is evaluated again. The generation's parity selects the bank, so both banks must be equal. */
  bumpGeneration(): void {
    this.#generation += 1n;
    this.#isSwitchDue = false;
    changeControl(this.#maps.hd_control, { generation: this.#generation });
  }

  /** Commits a staged change that no map shows. */
  commitWithoutSwitch(): void {
    this.#commit(false);
  }

  /**
   * Writes what is staged into the active bank. Only for a pod that is added: for others it merely changes the numbers
   * of identities. Throws MAP_FULL without having written anything.
   */
  writeActive({ keepOld }: { readonly keepOld: boolean }): void {
    const [cidrs, pods] = [this.#cidrs.prefixes.staged(), this.#pods.policies.staged()];
    const addrs = this.endpoints.identities.staged();
    this.#writeOrRollback(() => {
      this.#rows.write();
      this.#cidrs.write(cidrs, this.bank); // makes room; they do not show yet
    });
    this.#pods.policies.commit(false);
    this.#commit(keepOld);
    this.#pods.write(pods, this.bank);
    this.#cidrs.write(cidrs, this.bank);
    this.#cidrs.keepWritten();
    this.endpoints.rewrite(addrs, this.bank);
  }

  /** Drops all packets of that pod id. */
  closePod(podId: PodId): void {
    this.#pods.policies.setActive(podId, undefined);
    this.#pods.write([podId], this.bank);
  }

  get isShadowStale(): boolean {
    return this.#rows.hasUnused || this.#cidrs.hasForeign;
  }

  /** Call after a grace period: no packet in flight reads the shadow bank. */
  syncShadow(): void {
    this.endpoints.rewrite(this.endpoints.identities.syncShadow(), this.bank);
    this.#pods.write(this.#pods.policies.syncShadow(), this.bank);
    this.#cidrs.syncShadow(this.bank);
    this.#onStep('shadow bank synced');
    this.#rows.deleteUnused();
    this.#onStep('unused rows deleted');
  }

  /** Reads all maps but hd_endpoint, and repairs rows that another program changed. */
  verify(): Change[] {
    return [
      ...this.#rows.verify(),
      ...syncChanges('hd_cidr', this.#cidrs.verify()),
      ...syncChanges('hd_pod', this.#pods.verify()),
    ];
  }

  /** Whether another program changed the generation. */
  isForeign(): boolean {
    const { generation, isWhole } = readGeneration(this.#maps);
    return generation !== this.#generation || !isWhole;
  }

  #commit(keepOld: boolean): void {
    this.endpoints.identities.commit(keepOld);
    this.#cidrs.commit(keepOld);
    this.#pods.policies.commit(keepOld);
  }

  #writeOrRollback(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#rows.rollback();
      this.#cidrs.rollback();
      throw error;
    }
    this.#rows.keepWritten();
    this.#cidrs.keepWritten();
  }
}

/** `isWhole`: all CPUs have the same generation, and it is not 0 (before the first policy). */
function readGeneration({ hd_control }: MapSet): { readonly generation: bigint; readonly isWhole: boolean } {
  const generations = (hd_control.get(0) ?? []).map(control => control.generation);
  const generation = generations.reduce((most, each) => (each > most ? each : most), 0n);
  return { generation, isWhole: generation > 0n && generations.every(each => each === generation) };
}
