// The rows between policies and identities: only where both are in force, and only where the peer is not judged as anybody.
import type { PeerRow } from './compiled.ts';
import { anybody, type Identity } from './identities.ts';
import type { PolicyTable } from './policy-table.ts';
import { Postings } from './postings.ts';
import type { RuleSet, RuleSets } from './rule-sets.ts';
import { TrackedMap } from './tracked-map.ts';

interface TableRows {
  readonly rows: TrackedMap<number, PeerRow>;
  readonly ruleSets: Map<number, RuleSet>;
}

export interface PeerChanges {
  readonly freshTables: readonly PolicyTable[];
  readonly goneTables: readonly PolicyTable[];
  readonly freshIdentities: readonly Identity[];
  readonly goneIdentities: readonly Identity[];
}

export class PeerRows {
  readonly peers = new Map<number, ReadonlyMap<number, PeerRow>>();
  readonly #ruleSets: RuleSets;
  readonly #tables = new Map<PolicyTable, TableRows>();
  readonly #tablesByPortName = new Postings<string, PolicyTable>();
  readonly #identitiesByPortName = new Postings<string, Identity>();
  readonly #ownNode = new Set<Identity>();

  constructor(ruleSets: RuleSets) {
    this.#ruleSets = ruleSets;
  }

  /** The identities of those rows that came or went, by policy. */
  settle({
    freshTables,
    goneTables,
    freshIdentities,
    goneIdentities,
  }: PeerChanges): Map<number, Set<number>> {
    const touched = new Map<PolicyTable, TableRows>();
    for (const identity of goneIdentities) this.#deleteIdentity(identity, touched);
    for (const table of goneTables) this.#deleteTable(table, touched);
    for (const identity of freshIdentities) this.#addIdentity(identity);
    for (const table of freshTables) this.#addTable(table, touched);
    for (const identity of freshIdentities)
      for (const table of this.#tablesOf(identity)) this.#judge(table, identity, touched);
    const changes = new Map<number, Set<number>>();
    for (const [table, { rows }] of touched) {
      table.forgetDrafts();
      const changed = rows.takeChanges();
      if (changed.size > 0) changes.set(table.number, changed);
    }
    return changes;
  }

  #addTable(table: PolicyTable, touched: Map<PolicyTable, TableRows>): void {
    const rows: TableRows = { rows: new TrackedMap(isEqualRow), ruleSets: new Map() };
    this.#tables.set(table, rows);
    this.peers.set(table.number, rows.rows.map);
    for (const name of table.portNamesOfEverybody) this.#tablesByPortName.add(name, table);
    this.#judge(table, anybody, touched);
    for (const term of table.terms)
      for (const identity of term.identities) this.#judge(table, identity, touched);
    for (const name of table.portNamesOfEverybody)
      for (const identity of this.#identitiesByPortName.get(name)) this.#judge(table, identity, touched);
    for (const identity of this.#ownNode) this.#judge(table, identity, touched);
  }

  #deleteTable(table: PolicyTable, touched: Map<PolicyTable, TableRows>): void {
    const rows = this.#tables.get(table);
    if (rows === undefined) return;
    touched.set(table, rows);
    for (const identity of [...rows.ruleSets.keys()]) this.#deleteRow(rows, identity);
    this.#tables.delete(table);
    this.peers.delete(table.number);
    for (const name of table.portNamesOfEverybody) this.#tablesByPortName.delete(name, table);
  }

  #addIdentity(identity: Identity): void {
    for (const term of identity.terms) term.identities.add(identity);
    for (const { name } of identity.ports) this.#identitiesByPortName.add(name, identity);
    if (identity.isOwnNode) this.#ownNode.add(identity);
  }

  #deleteIdentity(identity: Identity, touched: Map<PolicyTable, TableRows>): void {
    for (const table of this.#tablesOf(identity)) {
      const rows = this.#tables.get(table);
      if (rows === undefined) continue;
      touched.set(table, rows);
      this.#deleteRow(rows, identity.number);
    }
    for (const term of identity.terms) term.identities.delete(identity);
    for (const { name } of identity.ports) this.#identitiesByPortName.delete(name, identity);
    this.#ownNode.delete(identity);
  }

  /** Those that may judge it otherwise than anybody. */
  #tablesOf({ terms, ports, isOwnNode }: Identity): ReadonlySet<PolicyTable> {
    if (isOwnNode) return new Set(this.#tables.keys());
    const tables = new Set<PolicyTable>();
    for (const term of terms) for (const table of term.tables) tables.add(table);
    for (const { name } of ports) for (const table of this.#tablesByPortName.get(name)) tables.add(table);
    return tables;
  }

  #judge(table: PolicyTable, identity: Identity, touched: Map<PolicyTable, TableRows>): void {
    const rows = this.#tables.get(table);
    if (rows === undefined || rows.ruleSets.has(identity.number)) return;
    const draft = table.judge(identity);
    if (identity !== anybody && draft.content === table.judge(anybody).content) return;
    const ruleSet = this.#ruleSets.take(draft);
    rows.ruleSets.set(identity.number, ruleSet);
    rows.rows.set(identity.number, ruleSet.row);
    touched.set(table, rows);
  }

  #deleteRow({ rows, ruleSets }: TableRows, identity: number): void {
    const ruleSet = ruleSets.get(identity);
    if (ruleSet === undefined) return;
    this.#ruleSets.drop(ruleSet);
    ruleSets.delete(identity);
    rows.delete(identity);
  }
}

function isEqualRow(a: PeerRow, b: PeerRow): boolean {
  return a.ruleSet === b.ruleSet && a.prefixLengths === b.prefixLengths;
}
