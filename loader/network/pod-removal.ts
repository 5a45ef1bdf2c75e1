// Deletes pods' interfaces off the event loop, in batches: the kernel deletes a group of links in the time of one.
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
  /** The host's socket, for requests that return quickly. */
  readonly socket: RtnetlinkSocket;
  /** Wraps each deletion. */
  readonly around: (deletion: () => Promise<void>) => Promise<void>;
}

interface PendingRemoval {
  readonly device: LinkId;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class PodRemoval implements Disposable {
  readonly #options: PodRemovalOptions;
  readonly #deletions: RtnetlinkSocket;
  #pending: PendingRemoval[] = [];
  #isRunning = false;

  constructor(options: PodRemovalOptions) {
    this.#options = options;
    this.#deletions = openSocket({ netns: options.socket.netns });
  }

  /** Resolves when the pair and the host's routes to it are deleted or did not exist. */
  remove(device: LinkId): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ device, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      setImmediate(() => void this.#run()); // batches calls of the same turn of the event loop
    });
  }

  /** Waits for all pending deletions. */
  [Symbol.dispose](): void {
    this.#deletions[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) await this.#settle(batch);
    this.#isRunning = false;
  }

  /** One that cannot be deleted keeps no other. */
  async #settle(batch: readonly PendingRemoval[]): Promise<void> {
    try {
      await this.#delete(batch.map(({ device }) => device));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length > 1) for (const one of batch) await this.#settle([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  #take(): PendingRemoval[] {
    return this.#pending.splice(0);
  }

  /** The link group's number is random, so that no foreign link is in it. */
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
      if (!isRtnetlinkError(error, 'ENODEV')) throw error; // the kernel removed them with their pods' namespaces
    }
  }
}
