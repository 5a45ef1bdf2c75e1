// The effective policies of this node's pods, with the peer terms and port names that they use.
import { FIRST_POLICY } from './compiled.ts';
import { StableIds, type TextHash } from '../collections/stable-ids.ts';
import type { PeerTerm } from './peer-terms.ts';
import type { PolicyContent } from './direction-rules.ts';
import { EffectivePolicy } from './effective-policy.ts';
import { Interner } from '../collections/interner.ts';
import { portsKey, type PortNamesInUse } from './port-names.ts';

export interface TermChanges {
  readonly fresh: readonly PeerTerm[];
  readonly gone: readonly PeerTerm[];
}

export interface FreshPolicy {
  readonly table: EffectivePolicy;
  readonly former: EffectivePolicy | undefined;
}

export class EffectivePolicyCache {
  readonly #pool = new Interner<EffectivePolicy>();
  readonly #terms = new Interner<PeerTerm>();
  readonly #portNames: PortNamesInUse;
  readonly #numbers: StableIds;
  readonly #formers = new Map<EffectivePolicy, EffectivePolicy>();

  constructor(portNames: PortNamesInUse, hash?: TextHash) {
    this.#portNames = portNames;
    this.#numbers = new StableIds(FIRST_POLICY, hash);
  }

  /** `former` is that of the pod until now. */
  acquire(content: PolicyContent, former: EffectivePolicy | undefined): EffectivePolicy {
    const { direction, policies, ports } = content;
    const key = JSON.stringify([direction, policies.map(policy => policy.content), portsKey(ports)]);
    return this.#pool.acquire(key, () => {
      const table = new EffectivePolicy(key, this.#numbers.allocate(key), content, this.#terms);
      for (const use of table.portNames) this.#portNames.add(use);
      if (former !== undefined) this.#formers.set(table, former);
      return table;
    });
  }

  release(table: EffectivePolicy): void {
    this.#pool.release(table);
  }

  /** With the policy in whose place each has come, for a pod that had one. */
  takeFresh(): readonly FreshPolicy[] {
    const fresh = this.#pool.takeFresh().map(table => ({ table, former: this.#formers.get(table) }));
    this.#formers.clear();
    return fresh;
  }

  /** Their numbers stay allocated until `freeNumber`. */
  sweep(): readonly EffectivePolicy[] {
    const gone = this.#pool.sweep();
    for (const table of gone) {
      for (const term of table.terms) this.#terms.release(term);
      for (const use of table.portNames) this.#portNames.delete(use);
    }
    return gone;
  }

  freeNumber({ key }: EffectivePolicy): void {
    this.#numbers.free(key);
  }

  /** Call after `sweep`. */
  takeTerms(): TermChanges {
    return { fresh: this.#terms.takeFresh(), gone: this.#terms.sweep() };
  }
}
