// The objects below etcd's prefix as last read: each key is a document, which has one object or, as a List, several.
import { messageOf } from '../../errors.ts';
import type { ClusterState, NodeObject } from '../../model/objects.ts';
import { Documents, type DocumentReading } from '../objects/documents.ts';
import { mergeManifests, type MergedCluster } from '../objects/merge-manifests.ts';
import { readObject } from '../objects/read-object.ts';

export class EtcdObjects {
  readonly #texts = new Map<string, string>();
  readonly #documents: Documents;

  /** `memory` is a file for what broken keys said before; absent: a restart forgets it. */
  constructor(memory?: string) {
    this.#documents = new Documents(memory);
  }

  /** The value of a key that holds an object; what is the same text stays the same object. */
  put(key: string, text: string): void {
    if (this.#texts.get(key) === text) return;
    this.#texts.set(key, text);
    this.#documents.put(key, parse(key, text));
  }

  delete(key: string): void {
    this.#texts.delete(key);
    this.#documents.delete(key);
  }

  keys(): IterableIterator<string> {
    return this.#texts.keys();
  }

  /** The text of every key that begins with `prefix`. */
  textsBelow(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.#texts].filter(([key]) => key.startsWith(prefix)));
  }

  /** Parts that are equal to `previous` are the same. A node for which `isAlive` holds (its daemon has the lease) is Ready. */
  cluster(previous: ClusterState, isAlive: (node: string) => boolean): MergedCluster {
    this.#documents.save();
    const refined = (node: NodeObject): NodeObject => withReadiness(node, isAlive(node.name));
    const { state, problems } = mergeManifests(this.#documents.objects(), previous, refined);
    return { state, problems: [...this.#documents.problems(), ...problems] };
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

function parse(key: string, text: string): DocumentReading {
  try {
    const read = readObject(JSON.parse(text));
    if (!('objects' in read)) return broken(`${key}: ${read.problem.sentence}`);
    const problems = read.problems.map(({ sentence }) => `${key}: ${sentence}`);
    return { objects: read.objects, problems, isBroken: read.isBroken === true };
  } catch (error) {
    return broken(`${key}: not valid JSON: ${messageOf(error)}`);
  }
}

function broken(problem: string): DocumentReading {
  return { objects: [], problems: [problem], isBroken: true };
}
