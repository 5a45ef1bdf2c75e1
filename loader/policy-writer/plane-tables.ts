// All that policy has in the kernel, and the steps by which one policy follows the other there.
import type { MapSet } from '../abi/map-set.ts';
import { changeControl } from '../tables/control.ts';
import type { Change } from '../model/change.ts';
import type { CompiledPolicy, PodSlot, PolicyChange } from '../policy/compiled.ts';
import { CidrTable } from './cidr-table.ts';
import { EndpointTable } from './endpoint-table.ts';
import { PodTable } from './pod-table.ts';
import { PolicyRows } from './policy-rows.ts';
import { syncChanges } from '../tables/sync-changes.ts';

/** Told after each step: a process may end between any two. */
export type OnStep = (
  step: 'rows written' | 'version filled' | 'flipped' | 'made equal' | 'dead rows deleted',
) => void;

export class PlaneTables {
  readonly endpoints: EndpointTable;
  readonly #maps: MapSet;
  readonly #rows: PolicyRows;
  readonly #cidrs: CidrTable;
  readonly #pods: PodTable;
  readonly #onStep: OnStep;
  #generation: bigint;
  #isFlipDue: boolean;

  /** Takes up what is in force, whatever the version that is not in force may hold. */
  constructor(maps: MapSet, segment: number, onStep: OnStep = () => undefined) {
    this.#maps = maps;
    this.#onStep = onStep;
    const { generation, isWhole } = readGeneration(maps);
    this.#generation = generation;
    this.#isFlipDue = !isWhole;
    this.#rows = new PolicyRows(maps);
    this.#cidrs = new CidrTable(maps.hd_cidr, segment, this.version);
    this.#pods = new PodTable(maps.hd_pod, this.version);
    this.endpoints = new EndpointTable(maps.hd_endpoint, segment, this.version);
  }

  get generation(): bigint {
    return this.#generation;
  }

  /** In force. */
  get version(): number {
    return Number(this.#generation & 1n);
  }

  get podSlots(): number {
    return this.#pods.slots;
  }

  /** Nothing is written yet. */
  stage(compiled: CompiledPolicy, change: PolicyChange): void {
    this.#rows.stage(compiled, change);
    for (const cidr of change.cidrs) this.#cidrs.prefixes.want(cidr, compiled.cidrs.get(cidr));
    for (const slot of change.pods) this.#pods.policies.want(slot, compiled.pods.get(slot));
    for (const addr of change.identities) this.endpoints.identities.want(addr, compiled.identities.get(addr));
  }

  /** All of it, and none of what is there besides. */
  stageAll(compiled: CompiledPolicy): void {
    const { identities, cidrs, pods } = compiled;
    this.stage(compiled, {
      identities: new Set([...this.endpoints.identities.keys(), ...identities.keys()]),
      cidrs: new Set([...this.#cidrs.prefixes.inForceKeys(), ...cidrs.keys()]),
      pods: new Set([...this.#pods.policies.keys(), ...pods.keys()]),
      peers: new Map([...compiled.peers].map(([policy, rows]) => [policy, new Set(rows.keys())])),
      ruleSets: new Set(compiled.ruleSets.keys()),
      rules: new Set(compiled.rules.keys()),
    });
  }

  /**
   * Writes what is staged where no packet looks yet. Throws MAP_FULL, and has written nothing: it stays staged.
   * `repair`: also where the version that is not in force has anything that nobody staged.
   */
  fill({ repair }: { readonly repair: boolean }): void {
    const { version } = this;
    this.#written(() => {
      this.#rows.write();
      this.#onStep('rows written');
      if (repair) this.#cidrs.repair(version);
      else this.#cidrs.write(this.#cidrs.prefixes.staged(), version);
    });
    if (repair) {
      this.#pods.repair(version);
      this.endpoints.repair(version);
    } else {
      this.#pods.write(this.#pods.policies.staged(), version);
      this.endpoints.rewrite(this.endpoints.identities.staged(), version);
    }
    this.#onStep('version filled');
  }

  /** Whether a packet could be judged otherwise by what is staged. */
  get isFlipDue(): boolean {
    const { identities } = this.endpoints;
    return (
      this.#isFlipDue ||
      this.#cidrs.prefixes.staged().length > 0 ||
      this.#pods.policies.staged().length > 0 ||
      identities.staged().some(addr => this.endpoints.has(addr))
    );
  }

  /** From here on every packet is judged by what was filled, and every flow once more. */
  flip(): void {
    this.#advance(true);
    this.raise();
    this.#onStep('flipped');
  }

  /** Every flow is judged once more, by the other version: both must be equal. */
  raise(): void {
    this.#generation += 1n;
    this.#isFlipDue = false;
    changeControl(this.#maps.hd_control, { generation: this.#generation });
  }

  /** For what is staged and shows nowhere in the kernel. */
  skipFlip(): void {
    this.#advance(false);
  }

  /**
   * What is staged is in force at once, without another version. That is for a pod that comes: all that it changes for
   * others is by which number they know each other. Throws MAP_FULL, and has written nothing.
   */
  fillInForce({ keepOld }: { readonly keepOld: boolean }): void {
    const [cidrs, pods] = [this.#cidrs.prefixes.staged(), this.#pods.policies.staged()];
    const addrs = this.endpoints.identities.staged();
    this.#written(() => {
      this.#rows.write();
      this.#cidrs.write(cidrs, this.version); // makes room; they do not show yet
    });
    this.#pods.policies.advance(false);
    this.#advance(keepOld);
    this.#pods.write(pods, this.version);
    this.#cidrs.write(cidrs, this.version);
    this.#cidrs.keep();
    this.endpoints.rewrite(addrs, this.version);
  }

  /** Nothing passes for that slot any more. */
  closePod(slot: PodSlot): void {
    this.#pods.policies.put(slot, undefined);
    this.#pods.write([slot], this.version);
  }

  get isUnsettled(): boolean {
    return this.#rows.hasDead || this.#cidrs.hasForeign;
  }

  /** Only when no packet on its way can still ask for the version that was in force before. */
  settle(): void {
    this.endpoints.rewrite(this.endpoints.identities.settle(), this.version);
    this.#pods.write(this.#pods.policies.settle(), this.version);
    this.#cidrs.settle(this.version);
    this.#onStep('made equal');
    this.#rows.collect();
    this.#onStep('dead rows deleted');
  }

  /** Reads everything but hd_endpoint, and puts right what somebody else has changed. */
  verify(): Change[] {
    return [
      ...this.#rows.verify(),
      ...syncChanges('hd_cidr', this.#cidrs.verify()),
      ...syncChanges('hd_pod', this.#pods.verify()),
    ];
  }

  /** Somebody else has changed the generation. */
  isForeign(): boolean {
    const { generation, isWhole } = readGeneration(this.#maps);
    return generation !== this.#generation || !isWhole;
  }

  #advance(keepOld: boolean): void {
    this.endpoints.identities.advance(keepOld);
    this.#cidrs.advance(keepOld);
    this.#pods.policies.advance(keepOld);
  }

  #written(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#rows.takeBack();
      this.#cidrs.takeBack();
      throw error;
    }
    this.#rows.keep();
    this.#cidrs.keep();
  }
}

/** `isWhole`: all CPUs have the same, and it has judged something: 0 is before the first policy. */
function readGeneration({ hd_control }: MapSet): { readonly generation: bigint; readonly isWhole: boolean } {
  const generations = (hd_control.get(0) ?? []).map(control => control.generation);
  const generation = generations.reduce((most, each) => (each > most ? each : most), 0n);
  return { generation, isWhole: generation > 0n && generations.every(each => each === generation) };
}
