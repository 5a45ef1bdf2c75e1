// The policy numbers in force here, and the peer terms and port names that they ask for.
import { FIRST_POLICY } from './compiled.ts';
import { StableIds, type TextHash } from '../collections/stable-ids.ts';
import type { PeerTerm } from './peer-terms.ts';
import { PolicyTable, type PolicyContent } from './policy-table.ts';
import { Interner } from '../collections/interner.ts';
import { portsKey, type PortNamesInUse } from './port-names.ts';

export interface TermChanges {
  readonly fresh: readonly PeerTerm[];
  readonly gone: readonly PeerTerm[];
}

export class PolicyTables {
  readonly #pool = new Interner<PolicyTable>();
  readonly #terms = new Interner<PeerTerm>();
  readonly #portNames: PortNamesInUse;
  readonly #numbers: StableIds;

  constructor(portNames: PortNamesInUse, hash?: TextHash) {
    this.#portNames = portNames;
    this.#numbers = new StableIds(FIRST_POLICY, hash);
  }

  take(content: PolicyContent): PolicyTable {
    const { direction, policies, ports } = content;
    const key = JSON.stringify([direction, policies.map(policy => policy.content), portsKey(ports)]);
    return this.#pool.acquire(key, () => {
      const table = new PolicyTable(key, this.#numbers.allocate(key), content, this.#terms);
      for (const use of table.portNames) this.#portNames.add(use);
      return table;
    });
  }

  drop(table: PolicyTable): void {
    this.#pool.release(table);
  }

  takeFresh(): readonly PolicyTable[] {
    return this.#pool.takeFresh();
  }

  /** Their numbers are free again only after `release`. */
  sweep(): readonly PolicyTable[] {
    const gone = this.#pool.sweep();
    for (const table of gone) {
      for (const term of table.terms) this.#terms.release(term);
      for (const use of table.portNames) this.#portNames.delete(use);
    }
    return gone;
  }

  release({ key }: PolicyTable): void {
    this.#numbers.free(key);
  }

  /** Asked after `sweep`. */
  takeTerms(): TermChanges {
    return { fresh: this.#terms.takeFresh(), gone: this.#terms.sweep() };
  }
}
