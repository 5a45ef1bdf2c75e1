// hd_cidr: identities of addresses that are no endpoints, by prefix.
import type { Cidr as CidrRow, CidrKey } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { MirroredMap } from '../tables/mirrored-map.ts';
import { routeCidr, routeKey } from '../tables/route-key.ts';
import type { TableSync } from '../tables/sync-table.ts';
import type { Cidr } from '../model/cidr.ts';
import { CidrVersions } from './cidr-versions.ts';
import { inColumns } from './versions.ts';

export class CidrTable {
  readonly prefixes = new CidrVersions();
  readonly #mirror: MirroredMap<CidrKey, CidrRow>;
  readonly #segment: number;
  /** Rows of another segment: of an earlier configuration. */
  readonly #foreign = new Set<string>();

  /** Takes up what is in force. */
  constructor(map: MapSet['hd_cidr'], segment: number, version: number) {
    this.#mirror = new MirroredMap(map);
    this.#segment = segment;
    for (const [key, { identity }] of this.#mirror.entries())
      if (key.segment === segment) this.prefixes.put(routeCidr(key), identity[version] ?? 0);
      else this.#foreign.add(this.#mirror.keyOf(key));
  }

  /** Throws MAP_FULL: then `takeBack` is due. */
  write(cidrs: Iterable<Cidr>, version: number): void {
    const known = Array.from(cidrs).filter(cidr => this.prefixes.has(cidr));
    this.#mirror.set(known.map(cidr => this.#row(cidr, version)));
  }

  keep(): void {
    this.#mirror.commit();
  }

  takeBack(): void {
    this.#mirror.rollback();
  }

  /** Both versions of all rows, where the map itself has something else. */
  repair(version: number): void {
    this.write(this.prefixes.keys(), version);
  }

  get hasForeign(): boolean {
    return this.#foreign.size > 0;
  }

  advance(keepOld: boolean): void {
    const staged = this.prefixes.staged();
    this.prefixes.advance(keepOld);
    const gone = this.prefixes.forget(staged);
    this.#mirror.delete(gone.map(cidr => this.#mirror.keyOf(this.#key(cidr))));
  }

  /** Makes both versions equal. */
  settle(version: number): void {
    const changed = this.prefixes.settle();
    const gone = this.prefixes.forget(changed);
    this.#mirror.delete([...gone.map(cidr => this.#mirror.keyOf(this.#key(cidr))), ...this.#foreign]);
    this.#foreign.clear();
    this.write(changed, version);
    this.keep();
  }

  verify(): TableSync {
    return this.#mirror.verify();
  }

  #key(cidr: Cidr): CidrKey {
    return routeKey(this.#segment, cidr);
  }

  #row(cidr: Cidr, version: number): readonly [string, string] {
    const identity = inColumns(version, this.prefixes.inForce(cidr), this.prefixes.other(cidr));
    return [this.#mirror.keyOf(this.#key(cidr)), this.#mirror.valueOf({ identity })];
  }
}
