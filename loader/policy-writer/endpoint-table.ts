// hd_endpoint: the reconciler's rows, with the identities that the policy compiler gives them.
import type { Addr } from 'ip';
import type { BpfMap } from 'libbpf-ts';
import type { Endpoint, EndpointKey } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { decoder, encoder, rawMap, setRow } from '../tables/encoded-rows.ts';
import { syncEncoded, type TableSync } from '../tables/sync-table.ts';
import { ValueTexts } from '../tables/value-texts.ts';
import { changedKeys } from '../collections/map-diff.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import { endpointEntry } from '../tables/encode-rows.ts';
import { byBank, Banks } from './banks.ts';

export class EndpointTable {
  /** Includes addresses that have no row yet. */
  readonly identities = new Banks<Addr, number>();
  readonly #raw: BpfMap<string, string>;
  readonly #keyText: (key: EndpointKey) => string;
  readonly #valueText: (value: Endpoint) => string;
  readonly #keyAt: (text: string) => EndpointKey;
  readonly #decode: (text: string) => Endpoint;
  readonly #vni: number;
  /** The map's rows, encoded: pods of one node and identity share one text. */
  readonly #rows = new Map<Addr, string>();
  /** The rows as last given. */
  #given: ReadonlyMap<Addr, EndpointRow> | undefined;
  /** Addresses written since then, beside them. */
  readonly #touched = new Set<Addr>();

  /** Adopts the map's rows, with the identities of the active bank. */
  constructor(map: MapSet['hd_endpoint'], vni: number, bank: number) {
    this.#raw = rawMap(map);
    this.#keyText = encoder(map.key);
    this.#valueText = encoder(map.value);
    this.#decode = decoder(map.value);
    this.#vni = vni;
    this.#keyAt = decoder(map.key);
    for (const [addr, value] of this.#readRows())
      this.identities.setActive(addr, identityAt(value, bank) || undefined);
  }

  has(addr: Addr): boolean {
    return this.#rows.has(addr);
  }

  /** Makes the map hold exactly these rows, by address; reads the whole map. */
  sync(rows: ReadonlyMap<Addr, EndpointRow>, bank: number): TableSync {
    this.#given = undefined;
    const textOf = this.#texts(bank);
    const texts = new Map(Array.from(rows, ([addr, row]) => [addr, textOf(row)]));
    const encoded = new Map(Array.from(texts, ([addr, text]) => [this.#keyOf(addr), text]));
    const sync = this.#write(encoded);
    this.#rows.clear();
    for (const [addr, text] of texts) this.#rows.set(addr, text);
    this.#keep(rows);
    return sync;
  }

  /** The same without reading the map: assumes that only this class writes it. Looks only at rows that are other objects. */
  update(rows: ReadonlyMap<Addr, EndpointRow>, bank: number): TableSync {
    if (this.#given === undefined) return this.sync(rows, bank);
    const textOf = this.#texts(bank);
    const changed: [Addr, string][] = [];
    const surplus: Addr[] = [];
    for (const addr of new Set([...changedKeys(this.#given, rows), ...this.#touched])) {
      const row = rows.get(addr);
      const text = row && textOf(row);
      if (text === undefined) surplus.push(addr);
      else if (text !== this.#rows.get(addr)) changed.push([addr, text]);
    }
    for (const [addr] of changed) this.#touched.add(addr); // also if a deletion fails after them
    try {
      this.#raw.setBatch(changed.map(([addr, text]) => [this.#keyOf(addr), text]));
    } catch {
      return this.sync(rows, bank); // deletes before it writes, or throws MAP_FULL
    }
    for (const [addr, text] of changed) this.#rows.set(addr, text);
    const deleted = surplus.filter(addr => this.#rows.has(addr));
    for (const addr of deleted) this.delete(addr);
    this.#keep(rows);
    return { written: changed.length, deleted: deleted.length, kept: rows.size - changed.length };
  }

  put(row: EndpointRow, bank: number): void {
    const text = this.#encode(row, bank);
    this.#touched.add(row.key.addr);
    setRow(this.#raw, this.#keyText(row.key), text);
    this.#rows.set(row.key.addr, text);
  }

  delete(addr: Addr): void {
    this.#touched.add(addr);
    this.#raw.delete(this.#keyOf(addr));
    this.#rows.delete(addr);
  }

  /** Writes the identities of the rows that exist. */
  rewrite(addrs: Iterable<Addr>, bank: number): void {
    const changed: [string, string][] = [];
    for (const addr of addrs) {
      const before = this.#rows.get(addr);
      if (before === undefined) continue;
      const text = this.#valueText({ ...this.#decode(before), identity: this.#columns(addr, bank) });
      changed.push([this.#keyOf(addr), text]);
      this.#rows.set(addr, text);
    }
    this.#raw.setBatch(changed);
  }

  /** Both banks of all rows, where the map itself has something else. */
  repair(bank: number): void {
    const values = new ValueTexts(this.#decode);
    const isWrong = ([addr, text]: [Addr, string]): boolean => {
      const [first, second] = this.#columns(addr, bank);
      const { identity } = values.at(text).value;
      return identity[0] !== first || identity[1] !== second;
    };
    this.rewrite(
      [...this.#rows].filter(isWrong).map(([addr]) => addr),
      bank,
    );
  }

  /** Half of it may be written when it throws: `rewrite` must know which. */
  #write(encoded: ReadonlyMap<string, string>): TableSync {
    try {
      return syncEncoded(this.#raw, encoded);
    } catch (error) {
      this.#readRows();
      throw error;
    }
  }

  /** Those of an earlier configuration are left out: the next `sync` deletes them. */
  #readRows(): ReadonlyMap<Addr, Endpoint> {
    const values = new ValueTexts(this.#decode);
    const found = new Map<Addr, Endpoint>();
    this.#rows.clear();
    for (const [keyText, valueText] of this.#raw.entries()) {
      const { vni, addr } = this.#keyAt(keyText);
      if (vni !== this.#vni) continue;
      const { text, value } = values.at(valueText);
      this.#rows.set(addr, text);
      found.set(addr, value);
    }
    return found;
  }

  #keep(rows: ReadonlyMap<Addr, EndpointRow>): void {
    this.#given = rows;
    this.#touched.clear();
  }

  #keyOf(addr: Addr): string {
    return this.#keyText({ vni: this.#vni, addr });
  }

  #encode(row: EndpointRow, bank: number): string {
    return this.#valueText(endpointEntry(row, this.#columns(row.key.addr, bank))[1]);
  }

  /** Encodes rows of equal value and identity once. */
  #texts(bank: number): (row: EndpointRow) => string {
    const known = new Map<EndpointRow['value'], Map<string, string>>();
    return row => {
      const [first, second] = this.#columns(row.key.addr, bank);
      const columns = first + second === 0 ? '' : `${first},${second}`;
      const ofValue = known.get(row.value) ?? new Map<string, string>();
      known.set(row.value, ofValue);
      const text = ofValue.get(columns) ?? this.#encode(row, bank);
      ofValue.set(columns, text);
      return text;
    };
  }

  #columns(addr: Addr, bank: number): [number, number] {
    return byBank(bank, this.identities.active(addr) ?? 0, this.identities.shadow(addr) ?? 0);
  }
}

function identityAt({ identity }: Endpoint, bank: number): number {
  return identity[bank] ?? 0;
}
