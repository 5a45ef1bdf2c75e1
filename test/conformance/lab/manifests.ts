// A world's objects as the files that the lab's daemons watch.
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../support/policy/world.ts';
import {
  namespaceObject,
  nodeObject,
  podObject,
  policyObject,
  type KubernetesObject,
} from '../kubernetes-objects.ts';
import type { CasePlan, PlannedPod } from './plan.ts';

export class Manifests {
  readonly #directory: string;
  /** By file. */
  #written = new Map<string, string>();

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Writes what differs, each file whole or not at all, and removes what is gone. */
  write(objects: readonly KubernetesObject[]): void {
    const wanted = new Map(objects.map(object => [fileOf(object), JSON.stringify(object)]));
    for (const [file, text] of wanted) {
      if (this.#written.get(file) === text) continue;
      const path = join(this.#directory, file);
      writeFileSync(`${path}.tmp`, text);
      renameSync(`${path}.tmp`, path);
    }
    for (const file of this.#written.keys())
      if (!wanted.has(file)) rmSync(join(this.#directory, file), { force: true });
    this.#written = wanted;
  }
}

export function labObjects(
  { nodes, labNames }: CasePlan,
  world: World,
  pods: Iterable<PlannedPod>,
): readonly KubernetesObject[] {
  const hosted = world.pods.filter(pod => pod.hostNetwork === true);
  return [
    ...nodes.map(nodeObject),
    ...world.namespaces.map(namespaceObject),
    ...hosted.map(pod => podObject({ ...pod, node: labNames.get(pod.node) ?? '' })),
    ...[...pods].map(({ pod, plan }) => withUid(podObject(pod), plan.uid)),
    ...world.policies.map(policyObject),
  ];
}

function withUid(object: KubernetesObject, uid: string): KubernetesObject {
  const { metadata, ...rest } = object;
  return { ...rest, metadata: { ...metadata, uid } as KubernetesObject['metadata'] };
}

function fileOf({ kind, metadata }: KubernetesObject): string {
  const name = JSON.stringify([kind, metadata.namespace, metadata.name]);
  return `${kind.toLowerCase()}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}.yaml`;
}
