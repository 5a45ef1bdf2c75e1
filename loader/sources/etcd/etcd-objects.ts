// The objects below etcd's prefix as last read: each key one object, and of a broken one what it said before.
import type { ClusterState, NodeObject } from '../../model/objects.ts';
import { withOthers } from '../objects/broken-file.ts';
import type { ClusterObject } from '../objects/kubernetes-objects.ts';
import { mergeManifests } from '../objects/merge-manifests.ts';
import { readObject } from '../objects/read-object.ts';
import { reasonOf } from './connection.ts';

interface KnownKey {
  readonly text: string;
  readonly objects: readonly ClusterObject[];
  readonly problems: readonly string[];
}

export interface EtcdCluster {
  readonly state: ClusterState;
  readonly problems: readonly string[];
}

export class EtcdObjects {
  readonly #known = new Map<string, KnownKey>();

  /** The value of a key that holds an object; what is the same text stays the same object. */
  put(key: string, text: string): void {
    const before = this.#known.get(key);
    if (before?.text !== text) this.#known.set(key, { text, ...parse(key, text, before?.objects ?? []) });
  }

  delete(key: string): void {
    this.#known.delete(key);
  }

  /** Forgets every key that is not among them. */
  keepOnly(keys: ReadonlyMap<string, string>): void {
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
  }

  textAt(key: string): string | undefined {
    return this.#known.get(key)?.text;
  }

  /** The text of every key that begins with `prefix`. */
  textsBelow(prefix: string): ReadonlyMap<string, string> {
    const below = new Map<string, string>();
    for (const [key, { text }] of this.#known) if (key.startsWith(prefix)) below.set(key, text);
    return below;
  }

  /** Parts that are equal to `previous` are the same. A node whose daemon speaks, says `isAlive`, is Ready. */
  cluster(previous: ClusterState, isAlive: (node: string) => boolean): EtcdCluster {
    const refined = (node: NodeObject): NodeObject => withReadiness(node, isAlive(node.name));
    const { state, problems } = mergeManifests(this.#objects(), previous, refined);
    return { state, problems: [...[...this.#known.values()].flatMap(known => known.problems), ...problems] };
  }

  *#objects(): Generator<readonly [string, readonly ClusterObject[]]> {
    for (const [key, { objects }] of this.#known) yield [key, objects];
  }
}

const readyNodes = new WeakMap<NodeObject, NodeObject>();

/** What its object says of it comes first. */
function withReadiness(node: NodeObject, isReady: boolean): NodeObject {
  if (node.isReady !== undefined) return node;
  const known = readyNodes.get(node);
  if (known?.isReady === isReady) return known;
  const refined = { ...node, isReady };
  readyNodes.set(node, refined);
  return refined;
}

function parse(key: string, text: string, before: readonly ClusterObject[]): Omit<KnownKey, 'text'> {
  try {
    const read = readObject(JSON.parse(text));
    if ('objects' in read) {
      const objects = read.isBroken === true ? withOthers(read.objects, before) : read.objects;
      return { objects, problems: read.problems.map(({ sentence }) => `${key}: ${sentence}`) };
    }
    return { objects: before, problems: [`${key}: ${read.problem.sentence}`] };
  } catch (error) {
    return { objects: before, problems: [`${key}: not valid JSON: ${reasonOf(error)}`] };
  }
}
