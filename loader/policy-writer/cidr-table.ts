// hd_cidr: identities of addresses that are not endpoints, by prefix.
import type { Cidr as CidrRow, CidrKey } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { MirroredMap } from '../tables/mirrored-map.ts';
import { routeCidr, routeKey } from '../tables/route-key.ts';
import type { TableSync } from '../tables/sync-table.ts';
import type { Cidr } from 'ip';
import { CidrBanks } from './cidr-banks.ts';
import { byBank } from './banks.ts';

export class CidrTable {
  readonly prefixes = new CidrBanks();
  readonly #mirror: MirroredMap<CidrKey, CidrRow>;
  readonly #vni: number;
  /** Rows of another VNI, from an earlier configuration. */
  readonly #foreign = new Set<string>();

  /** Adopts the active bank. */
  constructor(map: MapSet['hd_cidr'], vni: number, bank: number) {
    this.#mirror = new MirroredMap(map);
    this.#vni = vni;
    for (const [key, { identity }] of this.#mirror.entries())
      if (key.vni === vni) this.prefixes.setActive(routeCidr(key), identity[bank] ?? 0);
      else this.#foreign.add(this.#mirror.keyOf(key));
  }

  /** Throws MAP_FULL: the caller then calls `rollback`. */
  write(cidrs: Iterable<Cidr>, bank: number): void {
    const known = Array.from(cidrs).filter(cidr => this.prefixes.has(cidr));
    this.#mirror.set(known.map(cidr => this.#row(cidr, bank)));
  }

  keepWritten(): void {
    this.#mirror.commit();
  }

  rollback(): void {
    this.#mirror.rollback();
  }

  /** Writes both banks of all rows that differ from the map. */
  repair(bank: number): void {
    this.write(this.prefixes.keys(), bank);
  }

  get hasForeign(): boolean {
    return this.#foreign.size > 0;
  }

  commit(keepOld: boolean): void {
    const staged = this.prefixes.staged();
    this.prefixes.commit(keepOld);
    const gone = this.prefixes.prune(staged);
    this.#mirror.delete(gone.map(cidr => this.#mirror.keyOf(this.#key(cidr))));
  }

  /** Makes both banks equal. */
  syncShadow(bank: number): void {
    const changed = this.prefixes.syncShadow();
    const gone = this.prefixes.prune(changed);
    this.#mirror.delete([...gone.map(cidr => this.#mirror.keyOf(this.#key(cidr))), ...this.#foreign]);
    this.#foreign.clear();
    this.write(changed, bank);
    this.keepWritten();
  }

  verify(): TableSync {
    return this.#mirror.verify();
  }

  #key(cidr: Cidr): CidrKey {
    return routeKey(this.#vni, cidr);
  }

  #row(cidr: Cidr, bank: number): readonly [string, string] {
    const identity = byBank(bank, this.prefixes.active(cidr), this.prefixes.shadow(cidr));
    return [this.#mirror.keyOf(this.#key(cidr)), this.#mirror.valueOf({ identity })];
  }
}
