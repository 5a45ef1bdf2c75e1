// Compiles policies, pods and nodes to tables, incrementally: the cost follows what changed between two inputs.
import type { CompiledPolicy, PolicyChange, PolicyInput } from './compiled.ts';
import { Identities } from './identities.ts';
import { changedKeys } from '../collections/map-diff.ts';
import type { TextHash } from '../collections/stable-ids.ts';
import { PolicyMap } from './policy-map.ts';
import { Peers } from './peers.ts';
import { EffectivePolicyCache } from './effective-policy-cache.ts';
import { PortNamesInUse } from './port-names.ts';
import { RuleSets } from './rule-sets.ts';
import { Subjects } from './subjects.ts';

const NOTHING: PolicyInput = {
  nodeName: '',
  nodes: new Map(),
  nodeAddresses: new Map(),
  namespaces: new Map(),
  pods: new Map(),
  policies: new Map(),
  subjects: new Map(),
};

export class PolicyCompiler {
  /** Its maps are the compiler's own: they change at every update. */
  readonly compiled: CompiledPolicy;
  readonly #portNames = new PortNamesInUse();
  readonly #identities: Identities;
  readonly #tables: EffectivePolicyCache;
  readonly #ruleSets: RuleSets;
  readonly #rows: PolicyMap;
  readonly #peers: Peers;
  readonly #subjects: Subjects;
  #input = NOTHING;

  constructor(hash?: TextHash) {
    const namespaces = (name: string) => this.#input.namespaces.get(name);
    this.#identities = new Identities(hash);
    this.#tables = new EffectivePolicyCache(this.#portNames, hash);
    this.#ruleSets = new RuleSets(hash);
    this.#rows = new PolicyMap(this.#ruleSets);
    this.#peers = new Peers(this.#identities, namespaces);
    this.#subjects = new Subjects(this.#tables, namespaces);
    this.compiled = {
      identities: this.#peers.addresses.map,
      cidrs: this.#peers.cidrs.map,
      pods: this.#subjects.pods.map,
      peers: this.#rows.peers,
      ruleSets: this.#ruleSets.ruleSets.map,
      rules: this.#ruleSets.rules.map,
    };
  }

  /** Compares with the previous input by object identity: the same object counts as unchanged. */
  update(input: PolicyInput): PolicyChange {
    const first = this.#input === NOTHING || this.#input.nodeName === input.nodeName;
    if (!first)
      throw new RangeError(`this compiler is of node ${this.#input.nodeName}, not ${input.nodeName}`);
    this.#apply(input);
    return this.#recompute();
  }

  #apply(now: PolicyInput): void {
    const before = this.#input;
    this.#input = now;
    const namespaces = changedKeys(before.namespaces, now.namespaces);
    for (const name of namespaces) this.#subjects.namespaceChanged(name);
    this.#subjects.setNodeLabels(now.nodes.get(now.nodeName)?.labels ?? {});
    for (const podId of changedKeys(before.subjects, now.subjects))
      this.#subjects.set(podId, now.subjects.get(podId));
    for (const key of changedKeys(before.policies, now.policies))
      this.#subjects.policyChanged(before.policies.get(key), now.policies.get(key));
    this.#peers.apply(before, now, namespaces);
  }

  /** Acquires what is new before it releases what is old, so that shared entries survive; frees numbers last. */
  #recompute(): PolicyChange {
    this.#subjects.recompute();
    const freshTables = this.#tables.takeFresh();
    const goneTables = this.#tables.sweep();
    const terms = this.#tables.takeTerms();
    for (const term of terms.fresh) this.#peers.addTerm(term);
    for (const term of terms.gone) this.#peers.deleteTerm(term);
    this.#peers.recompute(this.#portNames);
    const freshIdentities = this.#identities.takeFresh();
    const goneIdentities = this.#identities.sweep();
    const peers = this.#rows.recompute({ freshTables, goneTables, freshIdentities, goneIdentities });
    this.#ruleSets.sweep();
    for (const table of goneTables) this.#tables.freeNumber(table);
    for (const identity of goneIdentities) this.#identities.freeNumber(identity);
    return {
      identities: this.#peers.addresses.drain(),
      cidrs: this.#peers.cidrs.drain(),
      pods: this.#subjects.pods.drain(),
      peers,
      ruleSets: this.#ruleSets.ruleSets.drain(),
      rules: this.#ruleSets.rules.drain(),
    };
  }
}
