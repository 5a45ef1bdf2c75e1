// One policy number: the policies that select a pod in one direction, and the rule set that they give each peer.
import type { PolicyDirection } from '../model/policies.ts';
import { differingRules } from './differing-rules.ts';
import type { PolicyContent, ReadyRule } from './direction-rules.ts';
import type { MatchingRule } from './first-match.ts';
import type { Identity } from './identities.ts';
import { peerTerm, type PeerTerm } from './peer-terms.ts';
import type { Interner, Interned } from '../collections/interner.ts';
import { portsKey, resolvePorts, usedNames, type NamedPort, type PortNameUse } from './port-names.ts';
import { draftRuleSet, type RuleSetDraft } from './rule-set-draft.ts';
import { verdict, type Verdict } from './verdict.ts';

export class EffectivePolicy implements Interned {
  users = 0;
  readonly key: string;
  readonly number: number;
  readonly direction: PolicyDirection;
  /** Egress: the names whose meaning depends on the peer. */
  readonly portNames: readonly PortNameUse[];
  /** Port names in rules for every peer: the peer's own ports decide, even if no term matches it. */
  readonly portNamesOfAnyPeer: ReadonlySet<string>;
  readonly #content: PolicyContent;
  readonly #rules: readonly ReadyRule[];
  readonly #ports: readonly NamedPort[];
  readonly #isolated: Verdict | undefined;
  readonly #otherwise: Verdict;
  readonly #anyPeerRules: readonly number[];
  readonly #byTerm = new Map<PeerTerm, number[]>();
  readonly #dependsOnPorts: boolean;
  readonly #drafts = new Map<string, RuleSetDraft>();
  #anyPeer: RuleSetDraft | undefined;

  constructor(key: string, number: number, content: PolicyContent, terms: Interner<PeerTerm>) {
    const { direction, policies, ports } = content;
    this.key = key;
    this.number = number;
    this.direction = direction;
    this.#content = content;
    this.#rules = policies.flatMap(({ rules }) => rules);
    this.#ports = ports;
    this.#isolated = policies.find(({ isolated }) => isolated)?.isolated;
    this.#otherwise = verdict('allow', { kind: 'default-accept', direction });
    this.#anyPeerRules = this.#rules.flatMap(({ isForAnyPeer }, i) => (isForAnyPeer ? [i] : []));
    for (const [i, rule] of this.#rules.entries()) if (!rule.isForAnyPeer) this.#index(i, rule, terms);
    const dependent = direction === 'egress' ? this.#rules : [];
    this.portNames = direction === 'egress' ? policies.flatMap(({ portNames }) => portNames) : [];
    this.#dependsOnPorts = this.portNames.length > 0;
    const ofAnyPeer = dependent
      .filter(({ isForAnyPeer }) => isForAnyPeer)
      .flatMap(rule => usedNames(rule.ports));
    this.portNamesOfAnyPeer = new Set(ofAnyPeer.map(({ name }) => name));
  }

  get terms(): Iterable<PeerTerm> {
    return this.#byTerm.keys();
  }

  /** The rule set for peers that no term matches. */
  get anyPeer(): RuleSetDraft {
    return (this.#anyPeer ??= this.#evaluateRules(this.#anyPeerRules, this.#ports));
  }

  /** The rule set for that identity; immutable, since both numbers stand for fixed content. Absent: the same as ANY_PEER's. */
  evaluate(identity: Identity): RuleSetDraft | undefined {
    const matching = this.#matching(identity);
    const ports = this.#dependsOnPorts ? identity.ports : [];
    const isAnybody = !identity.isOwnNode && ports.length === 0 && matching === this.#anyPeerRules;
    if (isAnybody) return undefined;
    const key = `${identity.isOwnNode ? 'own' : ''};${matching.join(',')};${portsKey(ports)}`;
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      const own = this.direction === 'ingress' ? this.#ports : ports;
      draft = identity.isOwnNode ? this.#evaluateOwnNode(matching) : this.#evaluateRules(matching, own);
      this.#drafts.set(key, draft);
    }
    return draft === this.anyPeer || draft.content === this.anyPeer.content ? undefined : draft;
  }

  /** Terms without which a peer has the same rule set as in another policy; undefined: it may have another one anyhow. */
  termsThatDiffer(other: EffectivePolicy): readonly PeerTerm[] | undefined {
    const rules = differingRules(this.#content, other.#content);
    if (rules === undefined) return undefined;
    const names = new Set(rules.flatMap(({ peers }) => [...peers.keys()]));
    return [...this.terms, ...other.terms].filter(({ key }) => names.has(key));
  }

  /** Drafts are cached while many identities are evaluated; afterwards they only cost memory. */
  forgetDrafts(): void {
    this.#drafts.clear();
  }

  #index(i: number, rule: ReadyRule, terms: Interner<PeerTerm>): void {
    for (const [key, peer] of rule.peers) {
      const term = terms.acquire(key, () => peerTerm(key, peer));
      const rules = this.#byTerm.get(term);
      if (rules === undefined) this.#byTerm.set(term, [i]);
      else {
        rules.push(i);
        terms.release(term); // one reference for each policy
      }
    }
  }

  /** Positions of the rules that match by their peers, in order. */
  #matching({ terms }: Identity): readonly number[] {
    let matching: Set<number> | undefined;
    for (const term of terms)
      for (const rule of this.#byTerm.get(term) ?? []) (matching ??= new Set(this.#anyPeerRules)).add(rule);
    return matching ? [...matching].sort((a, b) => a - b) : this.#anyPeerRules;
  }

  #evaluateRules(matching: readonly number[], ports: readonly NamedPort[]): RuleSetDraft {
    return draftRuleSet({
      admin: this.#inTier('Admin', matching, ports),
      networkPolicy: this.#inTier('NetworkPolicy', matching, ports),
      baseline: this.#inTier('Baseline', matching, ports),
      isolated: this.#isolated,
      otherwise: this.#otherwise,
    });
  }

  /** NetworkPolicy never applies between a pod and its own node; nor do rules that name neither nodes nor networks. */
  #evaluateOwnNode(matching: readonly number[]): RuleSetDraft {
    const named = matching.filter(
      i => this.#rules[i]?.isForAnyPeer === false || this.#rules[i]?.isFailClosed === true,
    );
    const counted = this.direction === 'egress' ? named : []; // a node always reaches its own pods
    return draftRuleSet({
      admin: this.#inTier('Admin', counted, []),
      networkPolicy: [],
      baseline: this.#inTier('Baseline', counted, []),
      otherwise: this.#otherwise,
    });
  }

  #inTier(
    tier: ReadyRule['tier'],
    positions: readonly number[],
    ports: readonly NamedPort[],
  ): readonly MatchingRule[] {
    const matching: MatchingRule[] = [];
    for (const i of positions) {
      const rule = this.#rules[i];
      if (rule?.tier !== tier) continue;
      const resolved = rule.resolved ?? { outcome: rule.outcome, ports: resolvePorts(rule.ports, ports) };
      matching.push(resolved);
      if (resolved.ports === 'all') break; // no port is left for later rules
    }
    return matching;
  }
}
