// Deletes that the plugin has kept for the daemon while it was away (cmd/heddle-cni/spool.h). They are carried out before
// the socket is served, and once more for each container before its ADD. The watch is for those that come while the
// daemon hangs: it is there, and the plugin cannot know.
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { KeyedMutex } from '../async/keyed-mutex.ts';
import { messageOf } from '../errors.ts';
import type { AttachmentKey } from '../model/attachment.ts';

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
/** The plugin's own check of the key is the specification's. */
const NAME = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,127}):([^\s/:%]{1,15})$/;

export class DeleteSpool implements Disposable {
  readonly #options: DeleteSpoolOptions;
  readonly #directory: string;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();
  #isScheduled = false;

  constructor(options: DeleteSpoolOptions) {
    this.#options = options;
    this.#directory = deleteSpoolOf(options.socket);
  }

  /** Watches the folder, and resolves when everything in it has been tried. */
  async start(): Promise<void> {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      this.#watcher = watch(this.#directory, { persistent: false }, () => this.#schedule());
      this.#watcher.on('error', () => undefined); // then the timer is left
    } catch {
      // the pass says what is wrong with the folder
    }
    this.#timer = setInterval(() => this.#schedule(), POLL_MS).unref();
    this.#schedule();
    await this.#pass;
  }

  /** Before an ADD of that key, which holds the mutex: what a delete still names belongs to an earlier one. */
  async settle(key: AttachmentKey): Promise<void> {
    if (existsSync(this.#pathOf(key))) await this.#carryOut(key);
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
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
    const { keys, problems } = this.#read();
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
    rmSync(this.#pathOf(key), { force: true });
  }

  #read(): { readonly keys: readonly AttachmentKey[]; readonly problems: readonly string[] } {
    try {
      assertPrivate(this.#directory);
      const names = readdirSync(this.#directory).filter(name => !name.startsWith('.')); // being written
      return {
        keys: names.flatMap(name => keyOf(name) ?? []),
        problems: names
          .filter(name => keyOf(name) === undefined)
          .map(name => `${join(this.#directory, name)} is not a delete of the CNI plugin: remove it`),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { keys: [], problems: [] };
      return { keys: [], problems: [`deletes of pods cannot be read: ${messageOf(error)}`] };
    }
  }

  #pathOf({ containerId, ifname }: AttachmentKey): string {
    return join(this.#directory, `${containerId}:${ifname}`);
  }
}

/** Where the plugin keeps deletes for the daemon of that socket. */
export function deleteSpoolOf(socket: string): string {
  return `${socket}.deletes`;
}

function keyOf(name: string): AttachmentKey | undefined {
  const [, containerId, ifname] = NAME.exec(name) ?? [];
  return containerId === undefined || ifname === undefined ? undefined : { containerId, ifname };
}

/** Write access to it is enough to cut pods off. */
function assertPrivate(directory: string): void {
  const status = lstatSync(directory);
  if (!status.isDirectory()) throw new Error(`${directory} is not a directory: remove it`);
  if (status.uid !== process.geteuid?.() || (status.mode & 0o022) !== 0)
    throw new Error(`others than root can write to ${directory}: chown 0:0 and chmod 0700 it`);
}

function failedProblem(key: AttachmentKey | undefined, error: unknown): string {
  return `container ${key?.containerId ?? ''} was deleted while the daemon was away, and cannot be removed yet: ${messageOf(error)}`;
}
