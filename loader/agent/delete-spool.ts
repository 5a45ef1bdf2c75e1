// Carries out deletes that were kept (kept-deletes.ts): before the socket is served, and once more for each container before
// its ADD. The watch is for those that come while the daemon hangs: it is there, and the plugin cannot know.
import { existsSync, rmSync, statSync, watch, type FSWatcher } from 'node:fs';
import type { KeyedMutex } from '../async/keyed-mutex.ts';
import { messageOf } from '../errors.ts';
import { attachmentId, type AttachmentKey } from '../model/attachment.ts';
import { deletePath, deleteSpoolOf, keepDelete, makeDeleteSpool, readDeletes } from './kept-deletes.ts';

export interface DeleteSpoolOptions {
  /** The daemon's socket, by which the plugin knows the folder. */
  readonly socket: string;
  /** Of the CNI commands. */
  readonly mutex: KeyedMutex;
  /** Succeeds when there is no such attachment. */
  readonly remove: (key: AttachmentKey) => Promise<void>;
  /** Called with the deletes that a pass has carried out. */
  readonly onDone: (keys: readonly AttachmentKey[]) => void;
  /** Called with all problems of a pass, one sentence each. */
  readonly onProblems: (problems: readonly string[]) => void;
}

/** For a watch that the kernel refuses, or whose folder was replaced. */
const POLL_MS = 10_000;

export class DeleteSpool implements Disposable {
  readonly #options: DeleteSpoolOptions;
  readonly #directory: string;
  #watcher: FSWatcher | undefined;
  /** Inode of the folder that is watched. */
  #watched: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();
  #isScheduled = false;
  /** By `attachmentId`: those that the folder does not take. */
  readonly #owed = new Map<string, AttachmentKey>();

  constructor(options: DeleteSpoolOptions) {
    this.#options = options;
    this.#directory = deleteSpoolOf(options.socket);
  }

  /** Watches the folder, and resolves when everything in it has been tried. */
  async start(): Promise<void> {
    this.#watch();
    this.#timer = setInterval(() => {
      this.#watch();
      this.#schedule();
    }, POLL_MS).unref();
    this.#schedule();
    await this.#pass;
  }

  /** For later: it could not be carried out now. Throws when it cannot be kept. */
  keep(key: AttachmentKey): void {
    keepDelete(this.#directory, key);
  }

  /**
   * As `keep`, for one that was answered: nobody else will try it again, so it is tried and told also where it cannot be kept. A
   * restart does not need it: its record says that it goes.
   */
  owe(key: AttachmentKey): void {
    try {
      this.keep(key);
    } catch {
      this.#owed.set(attachmentId(key), key);
      this.#schedule();
    }
  }

  /** Before an ADD of that key, which holds the mutex: what a delete still names belongs to an earlier one. */
  async settle(key: AttachmentKey): Promise<void> {
    if (this.#owed.has(attachmentId(key)) || existsSync(this.#pathOf(key))) await this.#carryOut(key);
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }

  /** Makes the folder where it is gone: the plugin makes none for a socket that is not the default one. */
  #watch(): void {
    try {
      makeDeleteSpool(this.#directory);
      const { ino } = statSync(this.#directory);
      if (ino === this.#watched) return;
      this.#watcher?.close();
      this.#watcher = watch(this.#directory, { persistent: false }, () => this.#schedule());
      this.#watcher.on('error', () => undefined); // then the timer is left
      this.#watched = ino;
    } catch {
      // the pass says what is wrong with the folder
    }
  }

  /** One pass at a time; a file that comes during one is seen by the next. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#pass = this.#pass.then(async () => {
      this.#isScheduled = false;
      await this.#runPass();
    });
  }

  async #runPass(): Promise<void> {
    const { mutex, onDone, onProblems } = this.#options;
    const { keys: kept, problems } = this.#read();
    const keys = [
      ...new Map([...kept.map(key => [attachmentId(key), key] as const), ...this.#owed]).values(),
    ];
    const outcomes = await Promise.allSettled(
      keys.map(key => mutex.run(key.containerId, () => this.settle(key))),
    );
    const failures = outcomes.flatMap((outcome, i) =>
      outcome.status === 'rejected' ? [failedProblem(keys[i], outcome.reason)] : [],
    );
    const done = keys.filter((_, i) => outcomes[i]?.status === 'fulfilled');
    if (done.length > 0) onDone(done);
    onProblems([...problems, ...failures]);
  }

  /** Again after a crash in between: the second time there is nothing to remove. */
  async #carryOut(key: AttachmentKey): Promise<void> {
    await this.#options.remove(key);
    this.#owed.delete(attachmentId(key));
    const path = this.#pathOf(key);
    if (existsSync(path)) rmSync(path, { force: true }); // a file in the folder's place is no reason to refuse an ADD
  }

  #read(): ReturnType<typeof readDeletes> {
    try {
      return readDeletes(this.#directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { keys: [], problems: [] };
      return { keys: [], problems: [`deletes of pods cannot be read: ${messageOf(error)}`] };
    }
  }

  #pathOf(key: AttachmentKey): string {
    return deletePath(this.#directory, key);
  }
}

function failedProblem(key: AttachmentKey | undefined, error: unknown): string {
  return `container ${key?.containerId ?? ''} was deleted, and cannot be removed completely yet: ${messageOf(error)}`;
}
