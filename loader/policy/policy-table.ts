// One policy number: the policies that select a pod in one direction, and how they judge a peer.
import type { PolicyDirection } from '../model/policies.ts';
import type { DirectionRules, ReadyRule } from './direction-rules.ts';
import type { MatchingRule } from './first-match.ts';
import type { Identity } from './identities.ts';
import { peerTerm, type PeerTerm } from './peer-terms.ts';
import type { Interner, Interned } from '../collections/interner.ts';
import { portsKey, resolvePorts, usedNames, type NamedPort, type PortNameUse } from './port-names.ts';
import { draftRuleSet, type RuleSetDraft } from './rule-set-draft.ts';
import { verdict, type Verdict } from './verdict.ts';

export interface PolicyContent {
  readonly direction: PolicyDirection;
  /** In the order of judging. */
  readonly policies: readonly DirectionRules[];
  /** Ingress: what the names that the rules use stand for at the pod itself. */
  readonly ports: readonly NamedPort[];
}

export class PolicyTable implements Interned {
  users = 0;
  readonly key: string;
  readonly number: number;
  readonly direction: PolicyDirection;
  /** Egress: the names whose meaning depends on the peer. */
  readonly portNames: readonly PortNameUse[];
  /** Those in rules for everybody: a peer that no term matches may differ by them. */
  readonly portNamesOfEverybody: ReadonlySet<string>;
  readonly #rules: readonly ReadyRule[];
  readonly #ports: readonly NamedPort[];
  readonly #isolated: Verdict | undefined;
  readonly #otherwise: Verdict;
  readonly #everybody: readonly number[];
  readonly #byTerm = new Map<PeerTerm, number[]>();
  readonly #dependsOnPorts: boolean;
  readonly #drafts = new Map<string, RuleSetDraft>();
  #anybody: RuleSetDraft | undefined;

  constructor(
    key: string,
    number: number,
    { direction, policies, ports }: PolicyContent,
    terms: Interner<PeerTerm>,
  ) {
    this.key = key;
    this.number = number;
    this.direction = direction;
    this.#rules = policies.flatMap(({ rules }) => rules);
    this.#ports = ports;
    this.#isolated = policies.find(({ isolated }) => isolated)?.isolated;
    this.#otherwise = verdict('allow', { kind: 'default-accept', direction });
    this.#everybody = this.#rules.flatMap(({ everybody }, i) => (everybody ? [i] : []));
    for (const [i, rule] of this.#rules.entries()) if (!rule.everybody) this.#index(i, rule, terms);
    const dependent = direction === 'egress' ? this.#rules : [];
    this.portNames = dependent.flatMap(rule => usedNames(rule.ports));
    this.#dependsOnPorts = this.portNames.length > 0;
    const ofEverybody = dependent.filter(({ everybody }) => everybody).flatMap(rule => usedNames(rule.ports));
    this.portNamesOfEverybody = new Set(ofEverybody.map(({ name }) => name));
  }

  get terms(): Iterable<PeerTerm> {
    return this.#byTerm.keys();
  }

  /** How its rules judge whoever no term matches. */
  get anybody(): RuleSetDraft {
    return (this.#anybody ??= this.#judgeRules(this.#everybody, this.#ports));
  }

  /** How its rules judge that peer, the same for ever, for both numbers stand for what they are; absent: as anybody. */
  judge(identity: Identity): RuleSetDraft | undefined {
    const matching = this.#matching(identity);
    const ports = this.#dependsOnPorts ? identity.ports : [];
    const isAnybody = !identity.isOwnNode && ports.length === 0 && matching === this.#everybody;
    if (isAnybody) return undefined;
    const key = `${identity.isOwnNode ? 'own' : ''};${matching.join(',')};${portsKey(ports)}`;
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      const own = this.direction === 'ingress' ? this.#ports : ports;
      draft = identity.isOwnNode ? this.#judgeOwnNode(matching) : this.#judgeRules(matching, own);
      this.#drafts.set(key, draft);
    }
    return draft === this.anybody || draft.content === this.anybody.content ? undefined : draft;
  }

  /** Drafts are worth keeping while many identities are judged, not for ever. */
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
        terms.release(term); // one use a table is enough
      }
    }
  }

  /** Positions of the rules that match by their peers, in order. */
  #matching({ terms }: Identity): readonly number[] {
    let matching: Set<number> | undefined;
    for (const term of terms)
      for (const rule of this.#byTerm.get(term) ?? []) (matching ??= new Set(this.#everybody)).add(rule);
    return matching ? [...matching].sort((a, b) => a - b) : this.#everybody;
  }

  #judgeRules(matching: readonly number[], ports: readonly NamedPort[]): RuleSetDraft {
    return draftRuleSet({
      admin: this.#inTier('Admin', matching, ports),
      networkPolicy: this.#inTier('NetworkPolicy', matching, ports),
      baseline: this.#inTier('Baseline', matching, ports),
      isolated: this.#isolated,
      otherwise: this.#otherwise,
    });
  }

  /** NetworkPolicies never come between a pod and its own node; nor does what names neither nodes nor networks. */
  #judgeOwnNode(matching: readonly number[]): RuleSetDraft {
    const named = matching.filter(
      i => this.#rules[i]?.everybody === false || this.#rules[i]?.isFailClosed === true,
    );
    const judging = this.direction === 'egress' ? named : []; // a node always reaches its own pods
    return draftRuleSet({
      admin: this.#inTier('Admin', judging, []),
      networkPolicy: [],
      baseline: this.#inTier('Baseline', judging, []),
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
      const resolved = resolvePorts(rule.ports, ports);
      matching.push({ outcome: rule.outcome, ports: resolved });
      if (resolved === 'all') break; // nothing is left for later ones
    }
    return matching;
  }
}
