// This node's pods, and the policies that select each.
import { namespaceLabels, type Labels } from '../model/labels.ts';
import type { NamespaceObject } from '../model/objects.ts';
import type { Policy, PolicyDirection } from '../model/policies.ts';
import { isSamePodPolicies, type PodPolicies, type PodId, type PolicySubject } from './compiled.ts';
import { directionRules, type DirectionRules, type PolicyContent } from './direction-rules.ts';
import { comparePolicies } from './ordering.ts';
import { ownNodeRules } from './own-node-rules.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import type { EffectivePolicyCache } from './effective-policy-cache.ts';
import { isUsed, namedPorts, type NamedPort } from './port-names.ts';
import { MultiMap } from '../collections/multi-map.ts';
import { labelsKey, selects } from './selectors.ts';
import { ChangeTrackingMap } from '../collections/change-tracking-map.ts';

interface SubjectState {
  readonly podId: PodId;
  readonly subject: PolicySubject;
  selected: ReadonlySet<Policy>;
  readonly tables: Partial<Record<keyof PodPolicies, EffectivePolicy | undefined>>;
}

/** The key for policies without a namespace. */
const ANY_NAMESPACE = '';

export class Subjects {
  readonly pods = new ChangeTrackingMap<PodId, PodPolicies>(isSamePodPolicies);
  readonly #namespaces: (name: string) => NamespaceObject | undefined;
  readonly #tables: EffectivePolicyCache;
  readonly #policies = new MultiMap<string, Policy>();
  readonly #byPodId = new Map<PodId, SubjectState>();
  readonly #dirty = new Set<SubjectState>();
  /** The own node's. */
  #nodeLabels: Labels = {};

  constructor(tables: EffectivePolicyCache, namespaces: (name: string) => NamespaceObject | undefined) {
    this.#tables = tables;
    this.#namespaces = namespaces;
  }

  set(podId: PodId, subject: PolicySubject | undefined): void {
    const before = this.#byPodId.get(podId);
    if (subject !== undefined) {
      const { tables = {}, selected = new Set<Policy>() } = before ?? {};
      const state = { podId, subject, selected, tables };
      this.#byPodId.set(podId, state);
      this.#dirty.add(state);
    } else if (before !== undefined) {
      for (const table of Object.values(before.tables)) if (table) this.#tables.release(table);
      this.#byPodId.delete(podId);
      this.pods.delete(podId);
    }
    if (before !== undefined) this.#dirty.delete(before);
  }

  policyChanged(before: Policy | undefined, now: Policy | undefined): void {
    if (before) this.#policies.delete(policyNamespace(before), before);
    if (now) this.#policies.add(policyNamespace(now), now);
    for (const state of this.#byPodId.values())
      if ((before && state.selected.has(before)) || (now && this.#selects(now, state.subject)))
        this.#dirty.add(state);
  }

  namespaceChanged(name: string): void {
    for (const state of this.#byPodId.values()) if (state.subject.namespace === name) this.#dirty.add(state);
  }

  setNodeLabels(labels: Labels): void {
    if (labelsKey(labels) === labelsKey(this.#nodeLabels)) return;
    this.#nodeLabels = labels;
    for (const state of this.#byPodId.values()) this.#dirty.add(state);
  }

  recompute(): void {
    for (const state of this.#dirty) this.#recompute(state);
    this.#dirty.clear();
  }

  #recompute(state: SubjectState): void {
    const { namespace } = state.subject;
    const candidates = [...this.#policies.get(namespace), ...this.#policies.get(ANY_NAMESPACE)];
    const selected = candidates.filter(policy => this.#selects(policy, state.subject)).sort(comparePolicies);
    state.selected = new Set(selected);
    this.pods.set(state.podId, {
      egress: this.#numberOf(state, 'egress', contentOf('egress', selected, state.subject)),
      ingress: this.#numberOf(state, 'ingress', contentOf('ingress', selected, state.subject)),
      ownNode: this.#numberOf(state, 'ownNode', ownNodeContent(selected, this.#nodeLabels)),
    });
  }

  /** Of the table that takes the place of the one before. */
  #numberOf(
    { tables }: SubjectState,
    name: keyof PodPolicies,
    content: PolicyContent | undefined,
  ): number | undefined {
    const before = tables[name];
    tables[name] = content && this.#tables.acquire(content, before);
    if (before) this.#tables.release(before);
    return tables[name]?.number;
  }

  #selects({ subject: { namespaces, pods } }: Policy, { namespace, labels }: PolicySubject): boolean {
    if ('name' in namespaces) return namespaces.name === namespace && selects(pods, labels);
    return selects(namespaces, this.#labelsOf(namespace)) && selects(pods, labels);
  }

  #labelsOf(namespace: string): Labels {
    return namespaceLabels(namespace, this.#namespaces(namespace)?.labels);
  }
}

function policyNamespace({ subject: { namespaces } }: Policy): string {
  return 'name' in namespaces ? namespaces.name : ANY_NAMESPACE;
}

/** Absent: no policy applies. */
function contentOf(
  direction: PolicyDirection,
  selected: readonly Policy[],
  subject: PolicySubject,
): PolicyContent | undefined {
  const policies = selected.flatMap(policy => directionRules(policy, direction) ?? []);
  if (policies.length === 0) return undefined;
  return { direction, policies, ports: direction === 'ingress' ? ownPorts(policies, subject) : [] };
}

/** Absent: no ClusterNetworkPolicy has rules for addresses of the own node. */
function ownNodeContent(selected: readonly Policy[], labels: Labels): PolicyContent | undefined {
  const policies = selected.flatMap(policy => {
    const rules = directionRules(policy, 'egress');
    return (rules && ownNodeRules(rules, labels)) ?? [];
  });
  return policies.length === 0 ? undefined : { direction: 'egress', policies, ports: [] };
}

/** The pod's own numbers for the port names that the rules use. */
function ownPorts(policies: readonly DirectionRules[], { ports }: PolicySubject): readonly NamedPort[] {
  const named = namedPorts(ports);
  if (named.length === 0) return named;
  const uses = policies.flatMap(({ portNames }) => portNames);
  return named.filter(port => uses.some(use => isUsed(port, use)));
}
