// The addresses of this node's pods, for the other nodes: a source writes what was published last, until it is written.
import { messageOf } from '../errors.ts';
import type { KeyedMutex } from '../async/keyed-mutex.ts';
import { podOfKey, type PodAddresses, type PodKey } from '../model/objects.ts';
import type { PublishedPod } from './source.ts';

export interface PublicationOptions {
  readonly nodeName: string;
  /** Where it is written, as the sentence begins: 'etcd (http://…)'. */
  readonly destination: string;
  /** Writes are the only ones to run under it. */
  readonly mutex: KeyedMutex;
  /** Makes exactly these known, and writes only what differs. */
  readonly write: (pods: ReadonlyMap<PodKey, PodAddresses>) => Promise<void>;
  /** Why it is not written; none: it is. */
  readonly onProblem: (...sentences: readonly string[]) => void;
}

export class Publication {
  readonly #options: PublicationOptions;
  #pods: ReadonlyMap<PodKey, PodAddresses> | undefined;
  #hasFailed = false;

  constructor(options: PublicationOptions) {
    this.#options = options;
  }

  /** The last write has failed: it is up to the source to write again. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Resolves once these are written, or that they cannot be is a problem. */
  publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    const { nodeName } = this.#options;
    this.#pods = new Map([...pods].map(([key, pod]) => [key, { ...podOfKey(key), nodeName, ...pod }]));
    return this.write();
  }

  /** What was published last. */
  write(): Promise<void> {
    return this.#options.mutex.runExclusive(() => this.#write());
  }

  async #write(): Promise<void> {
    if (this.#pods === undefined) return;
    const { destination, write, onProblem } = this.#options;
    try {
      await write(this.#pods);
      this.#hasFailed = false;
      onProblem();
    } catch (error) {
      this.#hasFailed = true;
      const reason = messageOf(error);
      onProblem(
        `${destination} cannot be written, so other nodes do not learn of this node's pods: ${reason}`,
      );
    }
  }
}
