// The pods on this node, and which policies select them.
import { namespaceLabels } from '../model/labels.ts';
import type { NamespaceObject } from '../model/objects.ts';
import type { Policy, PolicyDirection } from '../model/policies.ts';
import { POLICY_OPEN, type PodPolicies, type PodSlot, type PolicySubject } from './compiled.ts';
import { directionRules, type DirectionRules } from './direction-rules.ts';
import { comparePolicies } from './ordering.ts';
import type { PolicyContent, PolicyTable } from './policy-table.ts';
import type { PolicyTables } from './policy-tables.ts';
import { isUsed, namedPorts, usedNames, type NamedPort } from './port-names.ts';
import { MultiMap } from '../collections/multi-map.ts';
import { selects, selectsNamespace } from './selectors.ts';
import { ChangeTrackingMap } from '../collections/change-tracking-map.ts';

interface SubjectState {
  readonly slot: PodSlot;
  readonly subject: PolicySubject;
  selected: ReadonlySet<Policy>;
  egress: PolicyTable | undefined;
  ingress: PolicyTable | undefined;
}

/** Policies that name no namespace are under none. */
const ANY_NAMESPACE = '';

export class Subjects {
  readonly pods = new ChangeTrackingMap<PodSlot, PodPolicies>(
    (a, b) => a.egress === b.egress && a.ingress === b.ingress,
  );
  readonly #namespaces: (name: string) => NamespaceObject | undefined;
  readonly #tables: PolicyTables;
  readonly #policies = new MultiMap<string, Policy>();
  readonly #bySlot = new Map<PodSlot, SubjectState>();
  readonly #dirty = new Set<SubjectState>();

  constructor(tables: PolicyTables, namespaces: (name: string) => NamespaceObject | undefined) {
    this.#tables = tables;
    this.#namespaces = namespaces;
  }

  set(slot: PodSlot, subject: PolicySubject | undefined): void {
    const before = this.#bySlot.get(slot);
    if (subject !== undefined) {
      const { egress, ingress, selected = new Set<Policy>() } = before ?? {};
      const state = { slot, subject, selected, egress, ingress };
      this.#bySlot.set(slot, state);
      this.#dirty.add(state);
    } else if (before !== undefined) {
      for (const table of [before.egress, before.ingress]) if (table) this.#tables.drop(table);
      this.#bySlot.delete(slot);
      this.pods.delete(slot);
    }
    if (before !== undefined) this.#dirty.delete(before);
  }

  policyChanged(before: Policy | undefined, now: Policy | undefined): void {
    if (before) this.#policies.delete(policyNamespace(before), before);
    if (now) this.#policies.add(policyNamespace(now), now);
    for (const state of this.#bySlot.values())
      if ((before && state.selected.has(before)) || (now && this.#selects(now, state.subject)))
        this.#dirty.add(state);
  }

  namespaceChanged(name: string): void {
    for (const state of this.#bySlot.values()) if (state.subject.namespace === name) this.#dirty.add(state);
  }

  settle(): void {
    for (const state of this.#dirty) this.#settle(state);
    this.#dirty.clear();
  }

  #settle(state: SubjectState): void {
    const { namespace } = state.subject;
    const candidates = [...this.#policies.get(namespace), ...this.#policies.get(ANY_NAMESPACE)];
    const selected = candidates.filter(policy => this.#selects(policy, state.subject)).sort(comparePolicies);
    state.selected = new Set(selected);
    for (const direction of ['egress', 'ingress'] as const) {
      const content = contentOf(direction, selected, state.subject);
      const before = state[direction];
      state[direction] = content && this.#tables.take(content);
      if (before) this.#tables.drop(before);
    }
    const numberOf = (table: PolicyTable | undefined): number => table?.number ?? POLICY_OPEN;
    this.pods.set(state.slot, { egress: numberOf(state.egress), ingress: numberOf(state.ingress) });
  }

  #selects({ subject: { namespaces, pods } }: Policy, { namespace, labels }: PolicySubject): boolean {
    const within = namespaceLabels(namespace, this.#namespaces(namespace)?.labels);
    return selectsNamespace(namespaces, namespace, within) && selects(pods, labels);
  }
}

function policyNamespace({ subject: { namespaces } }: Policy): string {
  return 'name' in namespaces ? namespaces.name : ANY_NAMESPACE;
}

/** Absent: nobody says anything. */
function contentOf(
  direction: PolicyDirection,
  selected: readonly Policy[],
  subject: PolicySubject,
): PolicyContent | undefined {
  const policies = selected.flatMap(policy => directionRules(policy, direction) ?? []);
  if (policies.length === 0) return undefined;
  return { direction, policies, ports: direction === 'ingress' ? ownPorts(policies, subject) : [] };
}

/** What the names that the rules use stand for at the pod itself. */
function ownPorts(policies: readonly DirectionRules[], { ports }: PolicySubject): readonly NamedPort[] {
  const named = namedPorts(ports);
  if (named.length === 0) return named;
  const uses = policies.flatMap(({ rules }) => rules.flatMap(rule => usedNames(rule.ports)));
  return named.filter(port => uses.some(use => isUsed(port, use)));
}
