// The documents of a source (files, keys of etcd) as last read: of one that is broken, what it said before, too.
import { type ClusterObject, identityOf } from './cluster-object.ts';
import { LastGood } from './last-good.ts';

export interface DocumentReading {
  readonly objects: readonly ClusterObject[];
  /** Whole sentences. */
  readonly problems: readonly string[];
  /** Some of it, or all of it, means nothing: what it said before of other objects stays. */
  readonly isBroken: boolean;
}

export class Documents {
  readonly #documents = new Map<string, DocumentReading>();
  readonly #lastGood: LastGood;

  /** `memory` is the file in which what broken documents said outlives a restart. */
  constructor(memory?: string) {
    this.#lastGood = new LastGood(memory);
  }

  /** Active objects by document. */
  *objects(): Generator<readonly [document: string, objects: readonly ClusterObject[]]> {
    for (const [name, { objects }] of this.#documents) yield [name, objects];
  }

  problems(): readonly string[] {
    const read = [...this.#documents.values()].flatMap(({ problems }) => problems);
    return [...this.#lastGood.problems, ...read];
  }

  put(name: string, reading: DocumentReading): void {
    const before = this.#documents.get(name)?.objects ?? this.#lastGood.of(name);
    const objects = reading.isBroken ? withOthers(reading.objects, before) : reading.objects;
    this.#documents.set(name, { ...reading, objects });
  }

  /** Whether it has said something, now or before a restart. */
  has(name: string): boolean {
    return (this.#documents.get(name)?.objects ?? this.#lastGood.of(name)).length > 0;
  }

  delete(name: string): void {
    this.#documents.delete(name);
  }

  /** Forgets every document that is not among them. */
  keepOnly(names: { has(name: string): boolean }): void {
    for (const name of this.#documents.keys()) if (!names.has(name)) this.#documents.delete(name);
  }

  /** After all that was put together: a restart from here on changes nothing. */
  save(): void {
    const broken = [...this.#documents].flatMap(([name, { isBroken, objects }]) =>
      isBroken && objects.length > 0 ? [[name, objects] as const] : [],
    );
    this.#lastGood.keep(new Map(broken));
  }
}

/** `before` itself when nothing can be read, so that a comparison by reference sees no change. */
function withOthers(
  now: readonly ClusterObject[],
  before: readonly ClusterObject[],
): readonly ClusterObject[] {
  if (now.length === 0) return before;
  const known = new Set(now.map(identityOf));
  return [...now, ...before.filter(object => !known.has(identityOf(object)))];
}
