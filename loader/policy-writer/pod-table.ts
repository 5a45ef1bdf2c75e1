// hd_pod: the policies of each pod of this node, by its slot.
import type { PodPolicy } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { MirroredMap } from '../tables/mirrored-map.ts';
import type { TableSync } from '../tables/sync-table.ts';
import type { PodPolicies, PodSlot } from '../policy/compiled.ts';
import { inColumns, Versions } from './versions.ts';

/** POLICY_ABSENT in both directions: nothing passes. */
const ABSENT: PodPolicies = { egress: 0, ingress: 0 };

export class PodTable {
  readonly policies = new Versions<PodSlot, PodPolicies>(isSame);
  readonly #mirror: MirroredMap<number, PodPolicy>;
  /** Encoded: most slots are nobody's. */
  readonly #absent: string;

  /** Takes up what is in force. */
  constructor(map: MapSet['hd_pod'], version: number) {
    this.#mirror = new MirroredMap(map);
    this.#absent = this.#mirror.valueOf({ egress: [0, 0], ingress: [0, 0] });
    for (const [slot, { egress, ingress }] of this.#mirror.entries()) {
      const policies = { egress: egress[version] ?? 0, ingress: ingress[version] ?? 0 };
      if (!isSame(policies, ABSENT)) this.policies.put(slot, policies);
    }
  }

  /** Slots are below. */
  get slots(): number {
    return this.#mirror.maxEntries;
  }

  write(slots: Iterable<PodSlot>, version: number): void {
    this.#mirror.set(Array.from(slots, slot => this.#row(slot, version)));
    this.#mirror.commit();
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
    const row = { egress: [first.egress, second.egress], ingress: [first.ingress, second.ingress] };
    return [this.#mirror.keyOf(slot), this.#mirror.valueOf(row)];
  }
}

function isSame(a: PodPolicies, b: PodPolicies): boolean {
  return a.egress === b.egress && a.ingress === b.ingress;
}
