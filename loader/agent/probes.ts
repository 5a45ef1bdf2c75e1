// What ADD needs of the file system, tried before an ADD finds it out: a record can be written, and clients find the socket.
import { messageOf } from '../errors.ts';
import type { Ipam } from '../ipam/ipam.ts';

export interface ProbesOptions {
  /** `rewriteLost` throws when a record could not be written; undefined: there is nothing to try yet. */
  readonly stateDirectory: () => Pick<Ipam, 'rewriteLost'> | undefined;
  /** Makes the socket again where it is gone; rejects when that fails. */
  readonly socket: () => Promise<void>;
  /** Called when the outcome of one is another. */
  readonly onChange: () => void;
}

/** The socket: one lstat(2). */
const SOCKET_MS = 1_000;
/** The state directory: a file written and removed. */
const STATE_DIRECTORY_MS = 5_000;

export class Probes implements Disposable {
  readonly #options: ProbesOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #stateDirectory: string | undefined;
  #socket: string | undefined;

  constructor(options: ProbesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timers.push(setInterval(() => void this.probeSocket(), SOCKET_MS).unref());
    this.#timers.push(setInterval(() => this.probeStateDirectory(), STATE_DIRECTORY_MS).unref());
  }

  /** Why a record cannot be written; undefined: it can be. */
  get stateDirectory(): string | undefined {
    return this.#stateDirectory;
  }

  /** Why the socket cannot be made; undefined: it is there. */
  get socket(): string | undefined {
    return this.#socket;
  }

  /** Also called when a request has failed on it. */
  probeStateDirectory(): void {
    const directory = this.#options.stateDirectory();
    if (directory === undefined) return;
    try {
      directory.rewriteLost();
      this.noteStateDirectory(undefined);
    } catch (error) {
      this.noteStateDirectory(messageOf(error));
    }
  }

  noteStateDirectory(problem: string | undefined): void {
    if (problem === this.#stateDirectory) return;
    this.#stateDirectory = problem;
    this.#options.onChange();
  }

  async probeSocket(): Promise<void> {
    const problem = await this.#options.socket().then(() => undefined, messageOf);
    if (problem === this.#socket) return;
    this.#socket = problem;
    this.#options.onChange();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
