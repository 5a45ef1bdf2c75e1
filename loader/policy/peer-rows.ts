// The rows between policies and identities: only where both are in force, and only where the peer is not judged as anybody.
import { ANYBODY, type PeerRow } from './compiled.ts';
import type { Identity } from './identities.ts';
import type { PeerTerm } from './peer-terms.ts';
import type { PolicyTable } from './policy-table.ts';
import { MultiMap } from '../collections/multi-map.ts';
import type { RuleSetDraft } from './rule-set-draft.ts';
import type { RuleSets } from './rule-sets.ts';

export interface PeerChanges {
  readonly freshTables: readonly PolicyTable[];
  readonly goneTables: readonly PolicyTable[];
  readonly freshIdentities: readonly Identity[];
  readonly goneIdentities: readonly Identity[];
}

type Rows = Map<number, PeerRow>;

export class PeerRows {
  /** By the number of the policy. */
  readonly peers = new Map<number, Rows>();
  readonly #ruleSets: RuleSets;
  readonly #tables = new Set<PolicyTable>();
  readonly #tablesByTerm = new MultiMap<PeerTerm, PolicyTable>();
  readonly #identitiesByTerm = new MultiMap<PeerTerm, Identity>();
  readonly #tablesByPortName = new MultiMap<string, PolicyTable>();
  readonly #identitiesByPortName = new MultiMap<string, Identity>();
  readonly #ownNode = new Set<Identity>();
  /** A row comes or goes, and no row does both in one update: what it stands for never changes. */
  readonly #changed = new Map<PolicyTable, Set<number>>();

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
    for (const identity of goneIdentities) this.#deleteIdentity(identity);
    for (const table of goneTables) this.#deleteTable(table);
    for (const identity of freshIdentities) this.#addIdentity(identity);
    for (const identity of freshIdentities)
      for (const table of this.#tablesOf(identity)) this.#judge(table, identity);
    for (const table of freshTables) this.#addTable(table);
    const changes = new Map<number, Set<number>>();
    for (const [table, identities] of this.#changed) {
      table.forgetDrafts();
      changes.set(table.number, identities);
    }
    this.#changed.clear();
    return changes;
  }

  #addTable(table: PolicyTable): void {
    this.#tables.add(table);
    this.peers.set(table.number, new Map());
    for (const term of table.terms) this.#tablesByTerm.add(term, table);
    for (const name of table.portNamesOfEverybody) this.#tablesByPortName.add(name, table);
    this.#addRow(table, ANYBODY, table.anybody);
    for (const identity of this.#identitiesOf(table)) this.#judge(table, identity);
  }

  #deleteTable(table: PolicyTable): void {
    if (!this.#tables.delete(table)) return;
    for (const identity of [...(this.peers.get(table.number)?.keys() ?? [])])
      this.#deleteRow(table, identity);
    this.peers.delete(table.number);
    for (const term of table.terms) this.#tablesByTerm.delete(term, table);
    for (const name of table.portNamesOfEverybody) this.#tablesByPortName.delete(name, table);
  }

  #addIdentity(identity: Identity): void {
    for (const term of identity.terms) this.#identitiesByTerm.add(term, identity);
    for (const { name } of identity.ports) this.#identitiesByPortName.add(name, identity);
    if (identity.isOwnNode) this.#ownNode.add(identity);
  }

  #deleteIdentity(identity: Identity): void {
    for (const table of this.#tablesOf(identity)) this.#deleteRow(table, identity.number);
    for (const term of identity.terms) this.#identitiesByTerm.delete(term, identity);
    for (const { name } of identity.ports) this.#identitiesByPortName.delete(name, identity);
    this.#ownNode.delete(identity);
  }

  /** Those that may judge it otherwise than anybody. */
  #tablesOf({ terms, ports, isOwnNode }: Identity): ReadonlySet<PolicyTable> {
    if (isOwnNode) return this.#tables;
    const tables = new Set<PolicyTable>();
    for (const term of terms) for (const table of this.#tablesByTerm.get(term)) tables.add(table);
    for (const { name } of ports) for (const table of this.#tablesByPortName.get(name)) tables.add(table);
    return tables;
  }

  /** Those that it may judge otherwise than anybody. */
  #identitiesOf(table: PolicyTable): ReadonlySet<Identity> {
    const identities = new Set(this.#ownNode);
    for (const term of table.terms)
      for (const identity of this.#identitiesByTerm.get(term)) identities.add(identity);
    for (const name of table.portNamesOfEverybody)
      for (const identity of this.#identitiesByPortName.get(name)) identities.add(identity);
    return identities;
  }

  #judge(table: PolicyTable, identity: Identity): void {
    const draft = table.judge(identity);
    if (draft) this.#addRow(table, identity.number, draft);
  }

  #addRow(table: PolicyTable, identity: number, draft: RuleSetDraft): void {
    this.peers.get(table.number)?.set(identity, this.#ruleSets.take(draft));
    this.#noteChange(table, identity);
  }

  #deleteRow(table: PolicyTable, identity: number): void {
    const rows = this.peers.get(table.number);
    const row = rows?.get(identity);
    if (row === undefined) return;
    this.#ruleSets.drop(row);
    rows?.delete(identity);
    this.#noteChange(table, identity);
  }

  #noteChange(table: PolicyTable, identity: number): void {
    const identities = this.#changed.get(table);
    if (identities) identities.add(identity);
    else this.#changed.set(table, new Set([identity]));
  }
}
