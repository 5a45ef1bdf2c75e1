// Other nodes learn this node's pods' addresses from the source.
import type { Attachment } from '../model/attachment.ts';
import { podKey, type PodKey } from '../model/objects.ts';
import type { PublishedPod, Source } from '../sources/source.ts';

/** Pods that come together are told together. */
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

  /** Before long. */
  request(): void {
    this.#timer ??= setTimeout(() => this.publish(), GATHER_MS);
  }

  /** What was requested, at once. */
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
