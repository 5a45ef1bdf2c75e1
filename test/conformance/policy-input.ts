// A world as the compiler of each node is given it.
import { type Addr, parseAddr } from 'ip';
import { podKey, type PodKey, type ClusterState } from '../../loader/model/objects.ts';
import type { PodId, PolicyInput, PolicySubject } from '../../loader/policy/compiled.ts';
import { mergeManifests } from '../../loader/sources/objects/merge-manifests.ts';
import { readObject } from '../../loader/sources/objects/read-object.ts';
import type { World } from '../support/policy/world.ts';
import { kubernetesObjects, type KubernetesObject } from './kubernetes-objects.ts';
import { LevelError } from './level.ts';

export interface ReadWorld extends ClusterState {
  readonly nodeAddresses: ReadonlyMap<Addr, string>;
}

/** By way of the Kubernetes objects, as a source reads them. Throws a `LevelError` that says which one is refused. */
export function readWorld(world: World): ReadWorld {
  return readObjects(kubernetesObjects(world));
}

export function readObjects(objects: readonly KubernetesObject[]): ReadWorld {
  const read = objects.flatMap(value => {
    const one = readObject(value);
    if ('problem' in one) throw new LevelError(one.problem.sentence);
    return one.objects;
  });
  const { state } = mergeManifests([['world', read]]);
  const nodeAddresses = [...state.nodes.values()].flatMap(({ name, internalAddresses }) =>
    internalAddresses.map((addr): [Addr, string] => [addr, name]),
  );
  return { ...state, nodeAddresses: new Map(nodeAddresses) };
}

/** A pod keeps its pod id on its node as long as it is there; who comes gets the lowest free one. */
export class Slots {
  readonly #byNode = new Map<string, Map<PodKey, PodId>>();

  update(world: World): void {
    const wanted = world.pods.filter(pod => pod.hostNetwork !== true);
    for (const [node, podIds] of this.#byNode)
      for (const key of podIds.keys())
        if (!wanted.some(pod => pod.node === node && podKey(pod) === key)) podIds.delete(key);
    for (const pod of wanted) {
      const podIds = this.#byNode.get(pod.node) ?? new Map<PodKey, PodId>();
      this.#byNode.set(pod.node, podIds);
      if (!podIds.has(podKey(pod))) podIds.set(podKey(pod), lowestFree(new Set(podIds.values())));
    }
  }

  of(node: string): ReadonlyMap<PodKey, PodId> {
    return this.#byNode.get(node) ?? new Map<PodKey, PodId>();
  }
}

export function policyInput(
  world: World,
  read: ReadWorld,
  at: { node: string; podIds: ReadonlyMap<PodKey, PodId> },
): PolicyInput {
  const subjects = world.pods.flatMap((pod): [PodId, PolicySubject][] => {
    const podId = pod.node === at.node ? at.podIds.get(podKey(pod)) : undefined;
    const object = read.pods.get(podKey(pod));
    if (podId === undefined || object === undefined) return [];
    const { namespace, labels, ports } = object;
    return [[podId, { namespace, labels, ports, addresses: pod.ips.map(parseAddr) }]];
  });
  return { nodeName: at.node, ...read, subjects: new Map(subjects) };
}

function lowestFree(taken: ReadonlySet<PodId>): PodId {
  let podId = 0;
  while (taken.has(podId)) podId++;
  return podId;
}
