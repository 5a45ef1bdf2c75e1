// hd_endpoint: rows as the reconciler wants them, with the identities that policy knows them by.
import type { Endpoint, EndpointKey } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { syncTable, type TableSync } from '../maps/sync-table.ts';
import type { Addr } from '../model/addr.ts';
import type { EndpointRow } from '../model/dataplane-rows.ts';
import { endpointEntry, type Entry } from './encode-rows.ts';
import { inColumns, Versions } from './versions.ts';

export class EndpointTable {
  /** Also of addresses that have no row yet. */
  readonly identities = new Versions<Addr, number>();
  readonly #map: MapSet['hd_endpoint'];
  readonly #segment: number;
  /** As the map has them. */
  readonly #rows = new Map<Addr, Endpoint>();

  /** Takes up what the map holds, with the identities in force. */
  constructor(map: MapSet['hd_endpoint'], segment: number, version: number) {
    this.#map = map;
    this.#segment = segment;
    for (const [key, row] of map.entries()) {
      if (key.segment !== segment) continue; // of another configuration: the next `sync` deletes it
      this.#rows.set(key.addr, row);
      this.identities.put(key.addr, identityAt(row, version) || undefined);
    }
  }

  has(addr: Addr): boolean {
    return this.#rows.has(addr);
  }

  /** Makes the map hold these, and no others. */
  sync(rows: readonly EndpointRow[], version: number): TableSync {
    const entries = rows.map(row => this.#entry(row, version));
    const sync = syncTable(this.#map, entries);
    this.#rows.clear();
    for (const [key, value] of entries) this.#rows.set(key.addr, value);
    return sync;
  }

  put(row: EndpointRow, version: number): void {
    const [key, value] = this.#entry(row, version);
    this.#map.set(key, value);
    this.#rows.set(key.addr, value);
  }

  delete(addr: Addr): void {
    this.#map.delete({ segment: this.#segment, addr });
    this.#rows.delete(addr);
  }

  /** Writes identities into those rows that are there. */
  rewrite(addrs: Iterable<Addr>, version: number): void {
    const changed: [EndpointKey, Endpoint][] = [];
    for (const addr of addrs) {
      const row = this.#rows.get(addr);
      if (row === undefined) continue;
      changed.push([
        { segment: this.#segment, addr },
        { ...row, identity: this.#columns(addr, version) },
      ]);
    }
    this.#map.setBatch(changed);
  }

  /** Both versions of all rows, where the map itself has something else. */
  repair(version: number): void {
    const isWrong = ([addr, row]: [Addr, Endpoint]): boolean => {
      const [first, second] = this.#columns(addr, version);
      return row.identity[0] !== first || row.identity[1] !== second;
    };
    this.rewrite(
      [...this.#rows].filter(isWrong).map(([addr]) => addr),
      version,
    );
  }

  #entry(row: EndpointRow, version: number): Entry<'hd_endpoint'> {
    return endpointEntry(row, this.#columns(row.key.addr, version));
  }

  #columns(addr: Addr, version: number): [number, number] {
    return inColumns(version, this.identities.inForce(addr) ?? 0, this.identities.other(addr) ?? 0);
  }
}

function identityAt({ identity }: Endpoint, version: number): number {
  return identity[version] ?? 0;
}
