// hd_pod: the policies of each pod of this node, by its slot.
import type { PodPolicy } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { MirroredMap } from '../maps/mirrored-map.ts';
import type { TableSync } from '../maps/sync-table.ts';
import { isSamePodPolicies, type PodPolicies, type PodSlot } from '../policy/compiled.ts';
import { inColumns, Versions } from './versions.ts';

/** POLICY_ABSENT everywhere: nothing passes. */
const ABSENT: PodPolicies = { egress: 0, ingress: 0, ownNode: 0 };

export class PodTable {
  readonly policies = new Versions<PodSlot, PodPolicies>(isSamePodPolicies);
  readonly #mirror: MirroredMap<number, PodPolicy>;
  /** Encoded: most slots are nobody's. */
  readonly #absent: string;

  /** Takes up what is in force. */
  constructor(map: MapSet['hd_pod'], version: number) {
    this.#mirror = new MirroredMap(map);
    this.#absent = this.#mirror.valueOf({ egress: [0, 0], ingress: [0, 0], ownNode: [0, 0] });
    for (const [slot, { egress, ingress, ownNode }] of this.#mirror.entries()) {
      const at = (numbers: readonly number[]): number => numbers[version] ?? 0;
      const policies = { egress: at(egress), ingress: at(ingress), ownNode: at(ownNode) };
      if (!isSamePodPolicies(policies, ABSENT)) this.policies.put(slot, policies);
    }
  }

  /** Slots are below. */
  get slots(): number {
    return this.#mirror.maxEntries;
  }

  write(slots: Iterable<PodSlot>, version: number): void {
    this.#mirror.set(Array.from(slots, slot => this.#row(slot, version)));
    this.#mirror.keep();
  }

  /** Both versions of all rows, where the map itself has something else. */
  repair(version: number): void {
    this.write(Array.from({ length: this.slots }).keys(), version);
  }

  verify(): TableSync {
    return this.#mirror.verify();
  }

  #row(slot: PodSlot, version: number): readonly [string, string] {
    const [inForce, other] = [this.policies.inForce(slot) ?? ABSENT, this.policies.other(slot) ?? ABSENT];
    if (inForce === ABSENT && other === ABSENT) return [this.#mirror.keyOf(slot), this.#absent];
    const [first, second] = inColumns(version, inForce, other);
    const row = {
      egress: [first.egress, second.egress],
      ingress: [first.ingress, second.ingress],
      ownNode: [first.ownNode, second.ownNode],
    };
    return [this.#mirror.keyOf(slot), this.#mirror.valueOf(row)];
  }
}
