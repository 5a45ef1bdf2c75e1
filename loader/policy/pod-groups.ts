// Pods that are alike: of one namespace, with equal labels and named ports. Selectors are asked once for all of them.
import type { Labels } from '../model/labels.ts';
import { namespaceLabels, type ContainerPort, type NamespaceObject } from '../model/objects.ts';
import type { AddressRecord, Holder } from './addresses.ts';
import { NO_SIGNATURE, signature, type Signature } from './identities.ts';
import type { PodTerm } from './peer-terms.ts';
import { namedPorts, portsKey, type NamedPort, type PortNamesInUse } from './port-names.ts';
import { MultiMap } from '../collections/multi-map.ts';
import { labelsKey, selects, selectsNamespace } from './selectors.ts';

export interface PodGroup extends Holder {
  readonly kind: 'pods';
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly NamedPort[];
  readonly terms: Set<PodTerm>;
  signature: Signature;
  /** How many pods and subjects are in it. */
  members: number;
}

/** What every match needs, so that only what has it is tried. */
type IndexKey = string;
const ANYWHERE: IndexKey = '*';

export class PodGroups {
  readonly #namespaces: (name: string) => NamespaceObject | undefined;
  readonly #byKey = new Map<string, PodGroup>();
  readonly #byIndex = new MultiMap<IndexKey, PodGroup>();
  readonly #byPortName = new MultiMap<string, PodGroup>();
  readonly #byNamespace = new MultiMap<string, PodGroup>();
  readonly #terms = new MultiMap<IndexKey, PodTerm>();
  readonly #byTerm = new MultiMap<PodTerm, PodGroup>();
  /** To be compared with every selector again. */
  readonly #unmatched = new Set<PodGroup>();
  /** To be signed again. */
  readonly #dirty = new Set<PodGroup>();

  constructor(namespaces: (name: string) => NamespaceObject | undefined) {
    this.#namespaces = namespaces;
  }

  join(namespace: string, labels: Labels, containerPorts: readonly ContainerPort[]): PodGroup {
    const ports = namedPorts(containerPorts);
    const key = `${namespace} ${labelsKey(labels)} ${portsKey(ports)}`;
    const group = this.#byKey.get(key) ?? this.#make({ key, namespace, labels, ports });
    group.members++;
    return group;
  }

  leave(group: PodGroup): void {
    if (--group.members > 0) return;
    this.#byKey.delete(group.key);
    for (const key of indexKeys(group)) this.#byIndex.delete(key, group);
    for (const { name } of group.ports) this.#byPortName.delete(name, group);
    this.#byNamespace.delete(group.namespace, group);
    for (const term of group.terms) this.#byTerm.delete(term, group);
    this.#unmatched.delete(group);
    this.#dirty.delete(group);
  }

  namespaceChanged(name: string): void {
    for (const group of this.#byNamespace.get(name)) this.#unmatched.add(group);
  }

  portNameChanged(name: string): void {
    for (const group of this.#byPortName.get(name)) this.#dirty.add(group);
  }

  addTerm(term: PodTerm): void {
    for (const group of this.#candidates(term)) if (this.#matches(term, group)) this.#connect(term, group);
    this.#terms.add(termKey(term), term);
  }

  deleteTerm(term: PodTerm): void {
    this.#terms.delete(termKey(term), term);
    for (const group of [...this.#byTerm.get(term)]) this.#disconnect(term, group);
  }

  /** Compares what is new or changed with the terms that are there. */
  match(): void {
    for (const group of this.#unmatched) this.#match(group);
    this.#unmatched.clear();
  }

  /** Those whose signatures have changed. */
  settle(portNames: PortNamesInUse): readonly PodGroup[] {
    const changed = [...this.#dirty].filter(group => {
      const before = group.signature;
      group.signature = signature(group.terms, portNames.inUse(group.ports), false);
      return group.signature.key !== before.key;
    });
    this.#dirty.clear();
    return changed;
  }

  #make(like: Pick<PodGroup, 'key' | 'namespace' | 'labels' | 'ports'>): PodGroup {
    const addresses = new Set<AddressRecord>();
    const group: PodGroup = {
      ...like,
      kind: 'pods',
      terms: new Set(),
      addresses,
      signature: NO_SIGNATURE,
      members: 0,
    };
    this.#byKey.set(group.key, group);
    for (const key of indexKeys(group)) this.#byIndex.add(key, group);
    for (const { name } of group.ports) this.#byPortName.add(name, group);
    this.#byNamespace.add(group.namespace, group);
    this.#unmatched.add(group);
    this.#dirty.add(group);
    return group;
  }

  #match(group: PodGroup): void {
    for (const term of [...group.terms]) if (!this.#matches(term, group)) this.#disconnect(term, group);
    for (const key of indexKeys(group))
      for (const term of this.#terms.get(key)) if (this.#matches(term, group)) this.#connect(term, group);
  }

  #candidates(term: PodTerm): Iterable<PodGroup> {
    const key = termKey(term);
    if (key !== ANYWHERE) return this.#byIndex.get(key);
    const { namespaces } = term.selector;
    const within = [...this.#byNamespace.entries()].filter(([name]) => this.#inNamespace(namespaces, name));
    return within.flatMap(([, groups]) => [...groups]);
  }

  #matches({ selector: { namespaces, pods } }: PodTerm, { namespace, labels }: PodGroup): boolean {
    return selects(pods, labels) && this.#inNamespace(namespaces, namespace);
  }

  #inNamespace(namespaces: PodTerm['selector']['namespaces'], name: string): boolean {
    return selectsNamespace(namespaces, name, namespaceLabels(name, this.#namespaces(name)?.labels));
  }

  #connect(term: PodTerm, group: PodGroup): void {
    if (group.terms.has(term)) return;
    group.terms.add(term);
    this.#byTerm.add(term, group);
    this.#dirty.add(group);
  }

  #disconnect(term: PodTerm, group: PodGroup): void {
    group.terms.delete(term);
    this.#byTerm.delete(term, group);
    this.#dirty.add(group);
  }
}

function termKey({ selector: { namespaces, pods } }: PodTerm): IndexKey {
  if ('name' in namespaces) return `namespace ${namespaces.name}`;
  const [label] = Object.entries(pods.matchLabels).sort();
  return label === undefined ? ANYWHERE : labelKey(label);
}

function indexKeys({ namespace, labels }: PodGroup): readonly IndexKey[] {
  return [ANYWHERE, `namespace ${namespace}`, ...Object.entries(labels).map(labelKey)];
}

function labelKey([key, value]: [string, string]): IndexKey {
  return `label ${key}=${value}`;
}
