// hd_policy_peer's rows: policy × identity, only for active pairs whose rule set differs from ANY_PEER's.
//
// A rule set can differ from ANY_PEER's only if a rule of the policy names a term that the identity has, or a port name in a
// rule for every peer has a number at that peer, or the peer is this node. Two indexes by term and two by port name answer
// which those are, from either side: a new identity meets the policies that name one of its terms, a new policy the identities
// that have one of its terms. Other pairs have no row: the kernel falls back to the policy's row for ANY_PEER.
// One pair costs the rules that match, once for each distinct list of them: effective-policy.ts caches drafts until the update
// ends. A row never changes its meaning, since both of its numbers stand for contents: it is created or deleted.
import { ANY_PEER, type PeerRow } from './compiled.ts';
import type { Identity } from './identities.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import type { FreshPolicy } from './effective-policy-cache.ts';
import type { PeerTerm } from './peer-terms.ts';
import { MultiMap } from '../collections/multi-map.ts';
import type { RuleSetDraft } from './rule-set-draft.ts';
import type { RuleSets } from './rule-sets.ts';

export interface PeerChanges {
  readonly freshTables: readonly FreshPolicy[];
  readonly goneTables: readonly EffectivePolicy[];
  readonly freshIdentities: readonly Identity[];
  readonly goneIdentities: readonly Identity[];
}

type Rows = Map<number, PeerRow>;

/** A policy in whose place another one has come, and its rows. */
interface Former {
  readonly table: EffectivePolicy;
  readonly rows: ReadonlyMap<number, PeerRow>;
}

export class PolicyMap {
  /** By policy number. */
  readonly peers = new Map<number, Rows>();
  readonly #ruleSets: RuleSets;
  readonly #tables = new Set<EffectivePolicy>();
  readonly #tablesByTerm = new MultiMap<PeerTerm, EffectivePolicy>();
  readonly #identitiesByTerm = new MultiMap<PeerTerm, Identity>();
  readonly #tablesByPortName = new MultiMap<string, EffectivePolicy>();
  readonly #identitiesByPortName = new MultiMap<string, Identity>();
  readonly #ownNode = new Set<Identity>();
  /** A row is added or deleted; never both in one update, since its meaning does not change. */
  readonly #changed = new Map<EffectivePolicy, Set<number>>();

  constructor(ruleSets: RuleSets) {
    this.#ruleSets = ruleSets;
  }

  /** By policy: the identities of the rows that were added or deleted. */
  recompute({
    freshTables,
    goneTables,
    freshIdentities,
    goneIdentities,
  }: PeerChanges): Map<number, Set<number>> {
    for (const identity of goneIdentities) this.#deleteIdentity(identity);
    const formers = new Map(freshTables.map(({ table, former }) => [table, this.#formerOf(former)]));
    for (const table of goneTables) this.#deleteTable(table);
    for (const identity of freshIdentities) this.#addIdentity(identity);
    for (const identity of freshIdentities)
      for (const table of this.#tablesOf(identity)) this.#evaluate(table, identity);
    for (const [table, former] of formers) {
      this.#addTable(table);
      for (const identity of this.#inherit(table, former, freshIdentities)) this.#evaluate(table, identity);
    }
    const changes = new Map<number, Set<number>>();
    for (const [table, identities] of this.#changed) {
      table.forgetDrafts();
      changes.set(table.number, identities);
    }
    this.#changed.clear();
    return changes;
  }

  #addTable(table: EffectivePolicy): void {
    this.#tables.add(table);
    this.peers.set(table.number, new Map());
    for (const term of table.terms) this.#tablesByTerm.add(term, table);
    for (const name of table.portNamesOfAnyPeer) this.#tablesByPortName.add(name, table);
    this.#addRow(table, ANY_PEER, table.anyPeer);
  }

  #formerOf(table: EffectivePolicy | undefined): Former | undefined {
    const rows = table && this.peers.get(table.number);
    return rows && { table, rows };
  }

  /** Takes over the rows that mean the same as before. Returns the identities whose rows may mean something else. */
  #inherit(
    table: EffectivePolicy,
    former: Former | undefined,
    freshIdentities: readonly Identity[],
  ): ReadonlySet<Identity> {
    const terms = former && table.termsThatDiffer(former.table);
    if (terms === undefined) return this.#identitiesOf(table);
    const others = new Set(freshIdentities);
    for (const term of terms) for (const identity of this.#identitiesByTerm.get(term)) others.add(identity);
    const numbers = new Set([ANY_PEER, ...Array.from(others, ({ number }) => number)]);
    for (const [identity, row] of former?.rows ?? [])
      if (!numbers.has(identity)) {
        this.#ruleSets.acquireAgain(row);
        this.#setRow(table, identity, row);
      }
    return others;
  }

  #deleteTable(table: EffectivePolicy): void {
    if (!this.#tables.delete(table)) return;
    const rows = this.peers.get(table.number);
    this.peers.delete(table.number);
    for (const [identity, row] of rows ?? []) {
      this.#ruleSets.release(row);
      this.#noteChange(table, identity);
    }
    for (const term of table.terms) this.#tablesByTerm.delete(term, table);
    for (const name of table.portNamesOfAnyPeer) this.#tablesByPortName.delete(name, table);
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

  /** Policies whose rule set for it may differ from ANY_PEER's. */
  #tablesOf({ terms, ports, isOwnNode }: Identity): ReadonlySet<EffectivePolicy> {
    if (isOwnNode) return this.#tables;
    const tables = new Set<EffectivePolicy>();
    for (const term of terms) for (const table of this.#tablesByTerm.get(term)) tables.add(table);
    for (const { name } of ports) for (const table of this.#tablesByPortName.get(name)) tables.add(table);
    return tables;
  }

  /** Identities whose rule set may differ from ANY_PEER's. */
  #identitiesOf(table: EffectivePolicy): ReadonlySet<Identity> {
    const identities = new Set(this.#ownNode);
    for (const term of table.terms)
      for (const identity of this.#identitiesByTerm.get(term)) identities.add(identity);
    for (const name of table.portNamesOfAnyPeer)
      for (const identity of this.#identitiesByPortName.get(name)) identities.add(identity);
    return identities;
  }

  #evaluate(table: EffectivePolicy, identity: Identity): void {
    const draft = table.evaluate(identity);
    if (draft) this.#addRow(table, identity.number, draft);
  }

  #addRow(table: EffectivePolicy, identity: number, draft: RuleSetDraft): void {
    this.#setRow(table, identity, this.#ruleSets.acquire(draft));
  }

  #setRow(table: EffectivePolicy, identity: number, row: PeerRow): void {
    this.peers.get(table.number)?.set(identity, row);
    this.#noteChange(table, identity);
  }

  #deleteRow(table: EffectivePolicy, identity: number): void {
    const rows = this.peers.get(table.number);
    const row = rows?.get(identity);
    if (row === undefined) return;
    this.#ruleSets.release(row);
    rows?.delete(identity);
    this.#noteChange(table, identity);
  }

  #noteChange(table: EffectivePolicy, identity: number): void {
    const identities = this.#changed.get(table);
    if (identities) identities.add(identity);
    else this.#changed.set(table, new Set([identity]));
  }
}
