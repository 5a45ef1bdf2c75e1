// hd_pod: the policies of each pod of this node, by its slot.
import type { PodPolicy } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { MirroredMap } from '../tables/mirrored-map.ts';
import type { TableSync } from '../tables/sync-table.ts';
import { isSamePodPolicies, type PodPolicies, type PodSlot } from '../policy/compiled.ts';
import { byBank, Banks } from './banks.ts';

/** POLICY_ABSENT everywhere: all packets are dropped. */
const ABSENT: PodPolicies = { egress: 0, ingress: 0, ownNode: 0 };

export class PodTable {
  readonly policies = new Banks<PodSlot, PodPolicies>(isSamePodPolicies);
  readonly #mirror: MirroredMap<number, PodPolicy>;
  /** Encoded once: most slots are free. */
  readonly #absent: string;

  /** Adopts the active bank. */
  constructor(map: MapSet['hd_pod'], bank: number) {
    this.#mirror = new MirroredMap(map);
    this.#absent = this.#mirror.valueOf({ egress: [0, 0], ingress: [0, 0], ownNode: [0, 0] });
    for (const [slot, { egress, ingress, ownNode }] of this.#mirror.entries()) {
      const at = (numbers: readonly number[]): number => numbers[bank] ?? 0;
      const policies = { egress: at(egress), ingress: at(ingress), ownNode: at(ownNode) };
      if (!isSamePodPolicies(policies, ABSENT)) this.policies.setActive(slot, policies);
    }
  }

  /** Slots are lower than this. */
  get slots(): number {
    return this.#mirror.maxEntries;
  }

  write(slots: Iterable<PodSlot>, bank: number): void {
    this.#mirror.set(Array.from(slots, slot => this.#row(slot, bank)));
    this.#mirror.commit();
  }

  /** Writes both banks of all rows that differ from the map. */
  repair(bank: number): void {
    this.write(Array.from({ length: this.slots }).keys(), bank);
  }

  verify(): TableSync {
    return this.#mirror.verify();
  }

  #row(slot: PodSlot, bank: number): readonly [string, string] {
    const [inForce, other] = [this.policies.active(slot) ?? ABSENT, this.policies.shadow(slot) ?? ABSENT];
    if (inForce === ABSENT && other === ABSENT) return [this.#mirror.keyOf(slot), this.#absent];
    const [first, second] = byBank(bank, inForce, other);
    const row = {
      egress: [first.egress, second.egress],
      ingress: [first.ingress, second.ingress],
      ownNode: [first.ownNode, second.ownNode],
    };
    return [this.#mirror.keyOf(slot), this.#mirror.valueOf(row)];
  }
}
