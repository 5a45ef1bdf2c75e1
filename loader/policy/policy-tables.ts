// The policy numbers in force here, and the peer terms and port names that they ask for.
import { FIRST_POLICY } from './compiled.ts';
import { Numbers, type TextHash } from './numbers.ts';
import type { PeerTerm } from './peer-terms.ts';
import { PolicyTable, type PolicyContent } from './policy-table.ts';
import { Pool } from './pool.ts';
import { portsKey, type PortNamesInUse } from './port-names.ts';

export interface TermChanges {
  readonly fresh: readonly PeerTerm[];
  readonly gone: readonly PeerTerm[];
}

export class PolicyTables {
  readonly #pool = new Pool<PolicyTable>();
  readonly #terms = new Pool<PeerTerm>();
  readonly #portNames: PortNamesInUse;
  readonly #numbers: Numbers;

  constructor(portNames: PortNamesInUse, hash?: TextHash) {
    this.#portNames = portNames;
    this.#numbers = new Numbers(FIRST_POLICY, hash);
  }

  take(content: PolicyContent): PolicyTable {
    const { direction, policies, ports } = content;
    const key = JSON.stringify([direction, policies.map(policy => policy.content), portsKey(ports)]);
    return this.#pool.take(key, () => {
      const table = new PolicyTable(key, this.#numbers.take(key), content, this.#terms);
      for (const term of table.terms) term.tables.add(table);
      for (const use of table.portNames) this.#portNames.add(use);
      return table;
    });
  }

  drop(table: PolicyTable): void {
    this.#pool.drop(table);
  }

  takeFresh(): readonly PolicyTable[] {
    return this.#pool.takeFresh();
  }

  /** Their numbers are free again only after `release`. */
  sweep(): readonly PolicyTable[] {
    const gone = this.#pool.sweep();
    for (const table of gone) {
      for (const term of table.terms) {
        term.tables.delete(table);
        this.#terms.drop(term);
      }
      for (const use of table.portNames) this.#portNames.delete(use);
    }
    return gone;
  }

  release({ key }: PolicyTable): void {
    this.#numbers.release(key);
  }

  /** Asked after `sweep`. */
  takeTerms(): TermChanges {
    return { fresh: this.#terms.takeFresh(), gone: this.#terms.sweep() };
  }
}
