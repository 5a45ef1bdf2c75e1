// A source whose policies a test sets.
import { emptyCluster } from '../../../loader/model/objects.ts';
import { policyKey } from '../../../loader/model/policies.ts';
import { readStoredPolicy } from '../../../loader/sources/applied/read-policy.ts';
import type { Source, SourceListener } from '../../../loader/sources/source.ts';

export class MemorySource implements Source {
  #listener: SourceListener | undefined;

  start(listener: SourceListener): Promise<void> {
    this.#listener = listener;
    this.set();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  publish(): Promise<void> {
    return Promise.resolve();
  }

  /** It watches nothing. */
  watches(): readonly [] {
    return [];
  }

  /** Exactly these objects; what it said of them is among the problems. */
  set(manifests: readonly object[] = [], problems: readonly string[] = []): void {
    const policies = manifests.map(readStoredPolicy).map(policy => [policyKey(policy), policy] as const);
    this.#listener?.({ ...emptyCluster, policies: new Map(policies) }, problems);
  }
}
