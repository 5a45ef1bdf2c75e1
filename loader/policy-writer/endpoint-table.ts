// hd_endpoint: rows as the reconciler wants them, with the identities that policy knows them by.
import type { BpfMap } from 'libbpf-ts';
import type { Endpoint, EndpointKey } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { decoder, encoder, rawMap, setRow } from '../tables/encoded-rows.ts';
import { syncEncoded, type TableSync } from '../tables/sync-table.ts';
import { ValueTexts } from '../tables/value-texts.ts';
import type { Addr } from '../model/addr.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import { endpointEntry } from '../tables/encode-rows.ts';
import { inColumns, Versions } from './versions.ts';

export class EndpointTable {
  /** Also of addresses that have no row yet. */
  readonly identities = new Versions<Addr, number>();
  readonly #raw: BpfMap<string, string>;
  readonly #keyText: (key: EndpointKey) => string;
  readonly #valueText: (value: Endpoint) => string;
  readonly #decode: (text: string) => Endpoint;
  readonly #segment: number;
  /** As the map has them, encoded: pods of a node that policy does not tell apart share one text. */
  readonly #rows = new Map<Addr, string>();
  /** What they were made of: most are the same objects every time. */
  readonly #known = new Map<Addr, EndpointRow>();

  /** Takes up what the map holds, with the identities in force. */
  constructor(map: MapSet['hd_endpoint'], segment: number, version: number) {
    this.#raw = rawMap(map);
    this.#keyText = encoder(map.key);
    this.#valueText = encoder(map.value);
    this.#decode = decoder(map.value);
    this.#segment = segment;
    const keyOf = decoder(map.key);
    const values = new ValueTexts(this.#decode);
    for (const [keyText, valueText] of this.#raw.entries()) {
      const key = keyOf(keyText);
      if (key.segment !== segment) continue; // of another configuration: the next `sync` deletes it
      const { text, value } = values.at(valueText);
      this.#rows.set(key.addr, text);
      this.identities.put(key.addr, identityAt(value, version) || undefined);
    }
  }

  has(addr: Addr): boolean {
    return this.#rows.has(addr);
  }

  /** Makes the map hold these, and no others; reads all of it. */
  sync(rows: readonly EndpointRow[], version: number): TableSync {
    const texts = rows.map(this.#texts(version));
    const sync = syncEncoded(
      this.#raw,
      new Map(rows.map((row, i) => [this.#keyText(row.key), texts[i] ?? ''])),
    );
    this.#rows.clear();
    this.#known.clear();
    for (const [i, row] of rows.entries()) {
      this.#rows.set(row.key.addr, texts[i] ?? '');
      this.#known.set(row.key.addr, row);
    }
    return sync;
  }

  /** The same, taking it that nobody else writes the map. */
  update(rows: readonly EndpointRow[], version: number): TableSync {
    const textOf = this.#texts(version);
    const changed: [Addr, string][] = [];
    const surplus = new Set(this.#rows.keys());
    for (const row of rows) {
      const { addr } = row.key;
      surplus.delete(addr);
      const before = this.#rows.get(addr);
      if (before !== undefined && this.#known.get(addr) === row) continue;
      this.#known.set(addr, row);
      const text = textOf(row);
      if (before !== text) changed.push([addr, text]);
    }
    try {
      this.#raw.setBatch(changed.map(([addr, text]) => [this.#keyOf(addr), text]));
    } catch {
      return this.sync(rows, version); // makes room first, or says why it cannot
    }
    for (const [addr, text] of changed) this.#rows.set(addr, text);
    for (const addr of surplus) this.delete(addr);
    return { written: changed.length, deleted: surplus.size, kept: rows.length - changed.length };
  }

  put(row: EndpointRow, version: number): void {
    const text = this.#encode(row, version);
    setRow(this.#raw, this.#keyText(row.key), text);
    this.#rows.set(row.key.addr, text);
  }

  delete(addr: Addr): void {
    this.#raw.delete(this.#keyOf(addr));
    this.#rows.delete(addr);
    this.#known.delete(addr);
  }

  /** Writes identities into those rows that are there. */
  rewrite(addrs: Iterable<Addr>, version: number): void {
    const changed: [string, string][] = [];
    for (const addr of addrs) {
      const before = this.#rows.get(addr);
      if (before === undefined) continue;
      const text = this.#valueText({ ...this.#decode(before), identity: this.#columns(addr, version) });
      changed.push([this.#keyOf(addr), text]);
      this.#rows.set(addr, text);
    }
    this.#raw.setBatch(changed);
  }

  /** Both versions of all rows, where the map itself has something else. */
  repair(version: number): void {
    const values = new ValueTexts(this.#decode);
    const isWrong = ([addr, text]: [Addr, string]): boolean => {
      const [first, second] = this.#columns(addr, version);
      const { identity } = values.at(text).value;
      return identity[0] !== first || identity[1] !== second;
    };
    this.rewrite(
      [...this.#rows].filter(isWrong).map(([addr]) => addr),
      version,
    );
  }

  #keyOf(addr: Addr): string {
    return this.#keyText({ segment: this.#segment, addr });
  }

  #encode(row: EndpointRow, version: number): string {
    return this.#valueText(endpointEntry(row, this.#columns(row.key.addr, version))[1]);
  }

  /** Of many rows: those of one value and one identity are encoded once. */
  #texts(version: number): (row: EndpointRow) => string {
    const known = new Map<EndpointRow['value'], Map<string, string>>();
    return row => {
      const [first, second] = this.#columns(row.key.addr, version);
      const columns = first + second === 0 ? '' : `${first},${second}`;
      const ofValue = known.get(row.value) ?? new Map<string, string>();
      known.set(row.value, ofValue);
      const text = ofValue.get(columns) ?? this.#encode(row, version);
      ofValue.set(columns, text);
      return text;
    };
  }

  #columns(addr: Addr, version: number): [number, number] {
    return inColumns(version, this.identities.inForce(addr) ?? 0, this.identities.other(addr) ?? 0);
  }
}

function identityAt({ identity }: Endpoint, version: number): number {
  return identity[version] ?? 0;
}
