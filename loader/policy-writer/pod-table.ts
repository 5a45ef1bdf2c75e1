// hd_pod: the policies of each pod of this node, by pod id.
import { PolicyId, type PodPolicy } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { MirroredMap } from '../tables/mirrored-map.ts';
import type { TableSync } from '../tables/sync-table.ts';
import { isSamePodPolicies, type PodPolicies, type PodId } from '../policy/compiled.ts';
import { byBank, Banks } from './banks.ts';

/** As the maps hold them: `enum policy_id` where no policy applies. */
type PolicyNumbers = { readonly [N in keyof PodPolicies]: number };

/** All packets are dropped. */
const ABSENT: PolicyNumbers = {
  egress: PolicyId.ABSENT,
  ingress: PolicyId.ABSENT,
  ownNode: PolicyId.ABSENT,
};

export class PodTable {
  readonly policies = new Banks<PodId, PolicyNumbers>(isSamePodPolicies);
  readonly #mirror: MirroredMap<number, PodPolicy>;
  /** Encoded once: most pod ids are free. */
  readonly #absent: string;

  /** Adopts the active bank. */
  constructor(map: MapSet['hd_pod'], bank: number) {
    this.#mirror = new MirroredMap(map);
    this.#absent = this.#mirror.valueOf(rowOf(bank, ABSENT, ABSENT));
    for (const [podId, { egress, ingress, ownNode }] of this.#mirror.entries(this.#absent)) {
      const at = (numbers: readonly number[]): number => numbers[bank] ?? PolicyId.ABSENT;
      const policies = { egress: at(egress), ingress: at(ingress), ownNode: at(ownNode) };
      if (!isSamePodPolicies(policies, ABSENT)) this.policies.setActive(podId, policies);
    }
  }

  /** Pod ids are lower than this. */
  get capacity(): number {
    return this.#mirror.maxEntries;
  }

  /** Writes nothing yet. Absent: the pod is gone. */
  stage(podId: PodId, policies: PodPolicies | undefined): void {
    this.policies.stage(podId, policies && policyNumbers(policies));
  }

  write(podIds: Iterable<PodId>, bank: number): void {
    this.#mirror.set(Array.from(podIds, podId => this.#row(podId, bank)));
    this.#mirror.commit();
  }

  /** Writes both banks of all rows that differ from the map. Of thousands of free pod ids nothing is encoded. */
  repair(bank: number): void {
    const rows = new Map(Array.from(this.policies.known(), podId => this.#row(podId, bank)));
    for (const key of this.#mirror.keys()) if (!rows.has(key)) rows.set(key, this.#absent);
    this.#mirror.set(rows);
    this.#mirror.commit();
  }

  verify(): TableSync {
    return this.#mirror.verify();
  }

  #row(podId: PodId, bank: number): readonly [string, string] {
    const [active, shadow] = [this.policies.active(podId) ?? ABSENT, this.policies.shadow(podId) ?? ABSENT];
    if (active === ABSENT && shadow === ABSENT) return [this.#mirror.keyOf(podId), this.#absent];
    return [this.#mirror.keyOf(podId), this.#mirror.valueOf(rowOf(bank, active, shadow))];
  }
}

export function policyNumbers({ egress, ingress, ownNode }: PodPolicies): PolicyNumbers {
  const { OPEN } = PolicyId;
  return { egress: egress ?? OPEN, ingress: ingress ?? OPEN, ownNode: ownNode ?? OPEN };
}

function rowOf(bank: number, active: PolicyNumbers, shadow: PolicyNumbers): PodPolicy {
  const [first, second] = byBank(bank, active, shadow);
  return {
    egress: [first.egress, second.egress],
    ingress: [first.ingress, second.ingress],
    ownNode: [first.ownNode, second.ownNode],
  };
}
