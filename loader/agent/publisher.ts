// Publishes the addresses of this node's pods through the source, for the other nodes.
import type { Attachment } from '../model/attachment.ts';
import { podKey, type PodKey } from '../model/objects.ts';
import type { PublishedPod, Source } from '../sources/source.ts';

/** Changes within this time are published together. */
const GATHER_MS = 20;

export interface PublisherOptions {
  readonly source: Pick<Source, 'publish'>;
  readonly attachments: () => Iterable<Attachment>;
  readonly onError: (error: unknown) => void;
}

export class Publisher {
  readonly #options: PublisherOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes within `GATHER_MS`. */
  request(): void {
    this.#timer ??= setTimeout(() => this.publish(), GATHER_MS);
  }

  /** Publishes a pending request at once. */
  flush(): void {
    if (this.#timer !== undefined) this.publish();
  }

  publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { source, attachments, onError } = this.#options;
    const pods = new Map<PodKey, PublishedPod>();
    for (const { pod, addresses } of attachments())
      if (pod !== undefined)
        pods.set(podKey(pod), { ...(pod.uid !== undefined && { uid: pod.uid }), addresses });
    source.publish(pods).catch(onError);
  }
}
