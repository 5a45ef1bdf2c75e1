// Pods' interfaces going away, off the event loop: all that wait go together, in the time of one.
import { randomInt } from 'node:crypto';
import {
  deleteLinkGroup,
  isRtnetlinkError,
  type LinkId,
  openSocket,
  type RtnetlinkSocket,
  setLink,
} from 'rtnetlink';

export interface PodRemovalOptions {
  /** The host's, for what takes no time. */
  readonly socket: RtnetlinkSocket;
  /** Runs each deletion, and may do something around it. */
  readonly around: (deletion: () => Promise<void>) => Promise<void>;
}

interface Waiting {
  readonly device: LinkId;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class PodRemoval implements Disposable {
  readonly #options: PodRemovalOptions;
  readonly #deletions: RtnetlinkSocket;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(options: PodRemovalOptions) {
    this.#options = options;
    this.#deletions = openSocket({ netns: options.socket.netns });
  }

  /** Resolves when the pair and the host's routes to it are gone; also when they were gone before. */
  remove(device: LinkId): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ device, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      setImmediate(() => void this.#run()); // others asked for in the same turn go along
    });
  }

  /** Not before everything asked for is done. */
  [Symbol.dispose](): void {
    this.#deletions[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      try {
        await this.#delete(batch.map(({ device }) => device));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }

  #take(): Waiting[] {
    return this.#waiting.splice(0);
  }

  /** The group's number is drawn: nobody else's links can be in it. */
  async #delete(devices: readonly LinkId[]): Promise<void> {
    const group = randomInt(1, 2 ** 32);
    const batch = this.#options.socket.batch();
    for (const device of devices) setLink(batch, device, { group });
    const failures = batch.settle();
    const failure = failures.find(error => error !== undefined && error.code !== 'ENODEV');
    if (failure !== undefined) throw failure;
    if (failures.some(error => error === undefined))
      await this.#options.around(() => this.#deleteGroup(group));
  }

  async #deleteGroup(group: number): Promise<void> {
    try {
      await deleteLinkGroup(this.#deletions, group);
    } catch (error) {
      if (!isRtnetlinkError(error, 'ENODEV')) throw error; // they went with their pods' namespaces
    }
  }
}
