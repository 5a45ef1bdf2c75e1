// A world as the compiler of each node is given it.
import { type Addr, parseAddr } from 'ip';
import {
  podKey,
  type NamespaceObject,
  type NodeObject,
  type PodKey,
  type PodObject,
} from '../../loader/model/objects.ts';
import { policyKey, type Policy, type PolicyKey } from '../../loader/model/policies.ts';
import type { PodSlot, PolicyInput, PolicySubject } from '../../loader/policy/compiled.ts';
import { readObject } from '../../loader/sources/objects/read-object.ts';
import type { World } from '../support/policy/world.ts';
import { kubernetesObjects, type KubernetesObject } from './kubernetes-objects.ts';
import { LevelError } from './level.ts';

export interface ReadWorld {
  readonly nodes: ReadonlyMap<string, NodeObject>;
  readonly nodeAddresses: ReadonlyMap<Addr, string>;
  readonly namespaces: ReadonlyMap<string, NamespaceObject>;
  readonly pods: ReadonlyMap<PodKey, PodObject>;
  readonly policies: ReadonlyMap<PolicyKey, Policy>;
}

/** By way of the Kubernetes objects, as a source reads them. Throws a `LevelError` that says which one is refused. */
export function readWorld(world: World): ReadWorld {
  return readObjects(kubernetesObjects(world));
}

export function readObjects(objects: readonly KubernetesObject[]): ReadWorld {
  const nodes = new Map<string, NodeObject>();
  const namespaces = new Map<string, NamespaceObject>();
  const pods = new Map<PodKey, PodObject>();
  const policies = new Map<PolicyKey, Policy>();
  for (const value of objects) {
    const read = readObject(value);
    if ('problem' in read) throw new LevelError(read.problem.sentence);
    for (const { kind, object } of read.objects)
      if (kind === 'Node') nodes.set(object.name, object);
      else if (kind === 'Namespace') namespaces.set(object.name, object);
      else if (kind === 'Pod') pods.set(podKey(object), object);
      else if (kind !== 'PodAddresses') policies.set(policyKey(object), object);
  }
  const nodeAddresses = [...nodes.values()].flatMap(({ name, internalAddresses }) =>
    internalAddresses.map((addr): [Addr, string] => [addr, name]),
  );
  return { nodes, nodeAddresses: new Map(nodeAddresses), namespaces, pods, policies };
}

/** A pod keeps its slot on its node as long as it is there; who comes gets the lowest free one. */
export class Slots {
  readonly #byNode = new Map<string, Map<PodKey, PodSlot>>();

  update(world: World): void {
    const wanted = world.pods.filter(pod => pod.hostNetwork !== true);
    for (const [node, slots] of this.#byNode)
      for (const key of slots.keys())
        if (!wanted.some(pod => pod.node === node && podKey(pod) === key)) slots.delete(key);
    for (const pod of wanted) {
      const slots = this.#byNode.get(pod.node) ?? new Map<PodKey, PodSlot>();
      this.#byNode.set(pod.node, slots);
      if (!slots.has(podKey(pod))) slots.set(podKey(pod), lowestFree(new Set(slots.values())));
    }
  }

  of(node: string): ReadonlyMap<PodKey, PodSlot> {
    return this.#byNode.get(node) ?? new Map<PodKey, PodSlot>();
  }
}

export function policyInput(
  world: World,
  read: ReadWorld,
  at: { node: string; slots: ReadonlyMap<PodKey, PodSlot> },
): PolicyInput {
  const subjects = world.pods.flatMap((pod): [PodSlot, PolicySubject][] => {
    const slot = pod.node === at.node ? at.slots.get(podKey(pod)) : undefined;
    const object = read.pods.get(podKey(pod));
    if (slot === undefined || object === undefined) return [];
    const { namespace, labels, ports } = object;
    return [[slot, { namespace, labels, ports, addresses: pod.ips.map(parseAddr) }]];
  });
  return { nodeName: at.node, ...read, subjects: new Map(subjects) };
}

function lowestFree(taken: ReadonlySet<PodSlot>): PodSlot {
  let slot = 0;
  while (taken.has(slot)) slot++;
  return slot;
}
