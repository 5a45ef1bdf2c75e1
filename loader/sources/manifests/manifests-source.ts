// The manifests source: a watched directory of YAML files, for one machine or a shared directory, without any server.
import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { HeddleError } from '../../errors.ts';
import { emptyCluster, type ClusterState, type PodKey } from '../../model/objects.ts';
import { isManifestName, ManifestDirectory } from './directory.ts';
import { mergeManifests } from '../objects/merge-manifests.ts';
import { writePublishedPods } from './published-pods.ts';
import type { PublishedPod, Source, SourceListener } from '../source.ts';

export interface ManifestsOptions {
  readonly directory: string;
  /** Whose pods `publish` speaks of. */
  readonly nodeName: string;
  /** File that keeps, across restarts, what broken files said before they broke; absent: a restart forgets it. */
  readonly memory?: string;
  /** How long changes are gathered: files that are written, not renamed, come in pieces. */
  readonly settleMs?: number;
  /** How often everything is looked at again, for what the kernel did not tell. */
  readonly rescanMs?: number;
}

/** What to look at in the next turn. */
type Dirty = Set<string> | 'everything';

export class ManifestsSource implements Source {
  readonly #options: ManifestsOptions & Required<Pick<ManifestsOptions, 'settleMs' | 'rescanMs'>>;
  readonly #directory: ManifestDirectory;
  #listener: SourceListener | undefined;
  #watcher: FSWatcher | undefined;
  #watchedInode: number | undefined;
  #watchProblem: string | undefined;
  #published: ReadonlyMap<PodKey, PublishedPod> | undefined;
  #publishProblem: string | undefined;
  #dirty: Dirty = new Set();
  #timer: NodeJS.Timeout | undefined;
  #rescan: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #state: ClusterState = emptyCluster;
  #told = '';

  constructor(options: ManifestsOptions) {
    this.#options = { settleMs: 20, rescanMs: 30_000, ...options };
    this.#directory = new ManifestDirectory(options.directory, options.memory);
  }

  async start(listener: SourceListener): Promise<void> {
    this.#listener = listener;
    this.#dirty = 'everything';
    this.#rescan = setInterval(() => this.#mark(null), this.#options.rescanMs).unref();
    await this.#takeTurn(async () => {
      await this.#refresh();
      if (!this.#directory.isReadable) throw new HeddleError('IO', this.#directory.problems().join('; '));
      this.#tell();
    });
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    clearInterval(this.#rescan);
    clearTimeout(this.#timer);
    this.#watcher?.close();
    await this.#turn;
  }

  async publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    this.#published = pods;
    await this.#takeTurn(async () => {
      await this.#write();
      this.#tell();
    });
  }

  /** What cannot be written is a problem that is told, and tried again with every rescan: pods of this node go on. */
  async #write(): Promise<void> {
    if (this.#published === undefined) return;
    try {
      await writePublishedPods(this.#directory, this.#options.nodeName, this.#published);
      this.#publishProblem = undefined;
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      this.#publishProblem = error.message;
    }
  }

  /** One thing at a time touches the directory; the caller has its error, the next turn does not. */
  #takeTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(action);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** A name that is no manifest's (`..data` of a mounted ConfigMap) may change what every other name means. */
  #mark(name: string | null): void {
    if (this.#listener === undefined) return;
    if (name === null || name.startsWith('..')) this.#dirty = 'everything';
    else if (isManifestName(name) && this.#dirty !== 'everything') this.#dirty.add(name);
    if (this.#dirty !== 'everything' && this.#dirty.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#takeTurn(async () => {
        await this.#refresh();
        this.#tell();
      });
    }, this.#options.settleMs);
  }

  async #refresh(): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    if (dirty === 'everything') {
      await this.#watch();
      await this.#directory.scan();
      await this.#write();
    } else await this.#directory.read(dirty);
  }

  /** Before the scan, so that nothing changes unnoticed; again whenever the path has come to mean another directory. */
  async #watch(): Promise<void> {
    const { directory } = this.#options;
    try {
      const { ino } = await stat(directory);
      if (this.#watcher !== undefined && ino === this.#watchedInode) return;
      this.#watcher?.close();
      this.#watcher = watch(directory, { persistent: false }, (_event, name) => this.#mark(name));
      this.#watcher.on('error', () => (this.#watchedInode = undefined)); // the next rescan watches anew
      this.#watchedInode = ino;
      this.#watchProblem = undefined;
    } catch (error) {
      this.#watchedInode = undefined; // a new directory may have the old one's number
      const reason = error instanceof Error ? error.message : String(error);
      const late = `its changes are noticed within ${this.#options.rescanMs / 1000} s`;
      this.#watchProblem = `the manifests directory ${directory} cannot be watched, ${late}: ${reason}`;
    }
  }

  /** Says nothing when nothing has changed. */
  #tell(): void {
    const { state, problems } = mergeManifests(this.#directory.objects(), this.#state);
    const own = [this.#watchProblem, this.#publishProblem].filter(problem => problem !== undefined);
    const all = [...own, ...this.#directory.problems(), ...problems];
    const parts = ['nodes', 'namespaces', 'pods', 'policies'] as const;
    const isSame = this.#told === tellable(all) && parts.every(part => state[part] === this.#state[part]);
    if (isSame) return;
    this.#state = state;
    this.#told = tellable(all);
    this.#listener?.(state, all);
  }
}

/** Differs from the empty text of the beginning, so that the first state is always told. */
function tellable(problems: readonly string[]): string {
  return `\n${problems.join('\n')}`;
}
