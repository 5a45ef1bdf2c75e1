// hd_endpoint: rows as the reconciler wants them, with the identities that policy knows them by.
import { isDeepStrictEqual } from 'node:util';
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
  /** What they were made of: most are the same objects every time. */
  readonly #known = new Map<Addr, EndpointRow>();

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

  /** Makes the map hold these, and no others; reads all of it. */
  sync(rows: readonly EndpointRow[], version: number): TableSync {
    const entries = rows.map(row => this.#entry(row, version));
    const sync = syncTable(this.#map, entries);
    this.#rows.clear();
    this.#known.clear();
    for (const [key, value] of entries) this.#rows.set(key.addr, value);
    for (const row of rows) this.#known.set(row.key.addr, row);
    return sync;
  }

  /** The same, taking it that nobody else writes the map. */
  update(rows: readonly EndpointRow[], version: number): TableSync {
    const changed: Entry<'hd_endpoint'>[] = [];
    const surplus = new Set(this.#rows.keys());
    for (const row of rows) {
      const { addr } = row.key;
      surplus.delete(addr);
      const known = this.#rows.get(addr);
      if (known !== undefined && this.#known.get(addr) === row) continue;
      this.#known.set(addr, row);
      const entry = this.#entry(row, version);
      if (!isDeepStrictEqual(known, entry[1])) changed.push(entry);
    }
    try {
      this.#map.setBatch(changed);
    } catch {
      return this.sync(rows, version); // makes room first, or says why it cannot
    }
    for (const [key, value] of changed) this.#rows.set(key.addr, value);
    for (const addr of surplus) this.delete(addr);
    return { written: changed.length, deleted: surplus.size, kept: rows.length - changed.length };
  }

  put(row: EndpointRow, version: number): void {
    const [key, value] = this.#entry(row, version);
    this.#map.set(key, value);
    this.#rows.set(key.addr, value);
  }

  delete(addr: Addr): void {
    this.#map.delete({ segment: this.#segment, addr });
    this.#rows.delete(addr);
    this.#known.delete(addr);
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
