// The manifests source: a watched directory of YAML files, for one machine or a shared directory, without any server.
import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { KeyedMutex } from '../../async/keyed-mutex.ts';
import { HeddleError, messageOf } from '../../errors.ts';
import { type PodKey } from '../../model/objects.ts';
import { ClusterFeed } from '../feed.ts';
import { ProofsOfLife } from '../proofs-of-life.ts';
import { Publication } from '../publication.ts';
import { isManifestName, ManifestDirectory } from './directory.ts';
import { writePublishedPods } from './published-pods.ts';
import type { PublishedPod, Source, SourceListener, WatchLiveness } from '../source.ts';
import { GRACE } from '../vanished-nodes.ts';

export interface ManifestsOptions {
  readonly directory: string;
  /** Whose pods `publish` speaks of. */
  readonly nodeName: string;
  /** File that keeps, across restarts, what broken files said before they broke; absent: a restart forgets it. */
  readonly memory?: string;
  /** How long changes are gathered: files that are written, not renamed, come in pieces. */
  readonly gatherMs?: number;
  /** How long a file that is written in place has to rest before it is read. */
  readonly settleMs?: number;
  /** Interval of full rescans, for changes that inotify does not report. */
  readonly rescanMs?: number;
}

/** Rescans that may fail or hang before the directory counts as silent. */
const SILENT_RESCANS = 4;
const WATCHED = 'manifests';

/** What the next refresh looks at. */
type Dirty = Set<string> | 'everything';

export class ManifestsSource implements Source {
  readonly #options: ManifestsOptions &
    Required<Pick<ManifestsOptions, 'gatherMs' | 'settleMs' | 'rescanMs'>>;
  readonly #directory: ManifestDirectory;
  readonly #feed: ClusterFeed;
  readonly #publication: Publication;
  readonly #proofs: ProofsOfLife;
  /** One thing at a time touches the directory. */
  readonly #mutex = new KeyedMutex();
  #watcher: FSWatcher | undefined;
  #watchedInode: number | undefined;
  #dirty: Dirty = 'everything';
  /** The directory has come to be another since the last scan. */
  #isReplaced = true;
  #rescan: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;

  constructor(options: ManifestsOptions) {
    this.#options = { gatherMs: 20, settleMs: 100, rescanMs: 30_000, ...options };
    const directory = new ManifestDirectory(options.directory, this.#options);
    this.#directory = directory;
    this.#feed = new ClusterFeed({
      gatherMs: this.#options.gatherMs,
      read: previous => directory.cluster(previous),
      grace: { nodeName: options.nodeName, ...GRACE },
      refresh: () => this.#refresh(),
    });
    this.#publication = new Publication({
      ...{ nodeName: options.nodeName, mutex: this.#mutex },
      destination: `the manifests directory ${options.directory}`,
      write: pods => writePublishedPods(directory, options.nodeName, pods),
      onProblem: (...sentences) => this.#feed.note('publication', ...sentences),
    });
    this.#proofs = new ProofsOfLife({
      ...{ names: [WATCHED], server: `the manifests directory ${options.directory}` },
      maxSilenceMs: SILENT_RESCANS * this.#options.rescanMs,
      onProblem: (...sentences) => this.#feed.note('silence', ...sentences),
    });
  }

  async start(listener: SourceListener): Promise<void> {
    this.#rescan = setInterval(() => this.#mark(null), this.#options.rescanMs).unref();
    await this.#refresh();
    if (!this.#directory.isReadable) throw new HeddleError('IO', this.#directory.problems().join('; '));
    this.#feed.open(listener);
    if (this.#dirty === 'everything' || this.#dirty.size > 0) this.#feed.request();
  }

  async stop(): Promise<void> {
    this.#feed.close();
    clearInterval(this.#rescan);
    clearTimeout(this.#settling);
    this.#proofs[Symbol.dispose]();
    this.#watcher?.close();
    await this.#mutex.runExclusive(() => Promise.resolve());
  }

  async publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    await this.#publication.publish(pods);
    this.#feed.notify();
  }

  watches(): readonly WatchLiveness[] {
    return this.#proofs.watches();
  }

  /**
   * A name that is no manifest's (`..data` of a mounted ConfigMap) may change what every other name means; the directory's own
   * says that it was moved or deleted, and inotify goes on with what is not there any more.
   */
  #mark(name: string | null): void {
    if (name === basename(this.#options.directory)) this.#watchedInode = undefined;
    this.#isReplaced ||= name?.startsWith('..') === true;
    if (name === null || name.startsWith('..') || this.#watchedInode === undefined)
      this.#dirty = 'everything';
    else if (!isManifestName(name)) return;
    else if (this.#dirty !== 'everything') this.#dirty.add(name);
    this.#feed.request();
  }

  async #refresh(): Promise<void> {
    const isWhole = this.#dirty === 'everything';
    await this.#mutex.runExclusive(() => this.#read());
    if (isWhole) await this.#publication.write();
  }

  async #read(): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    if (dirty === 'everything') {
      await this.#watch();
      const isReplaced = this.#isReplaced;
      this.#isReplaced = false;
      await this.#directory.scan(isReplaced);
      if (this.#directory.isReadable) this.#proofs.confirm(WATCHED); // an inotify event says nothing of other files
    } else await this.#directory.read(dirty);
    this.#settle();
  }

  /** One timer for all: armed again by every reading, it would never fire where other files change all the time. */
  #settle(): void {
    if (this.#directory.unsettled.length === 0) return;
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      for (const name of this.#directory.unsettled) this.#mark(name);
    }, this.#options.settleMs).unref();
  }

  /** Before the scan, so that nothing changes unnoticed; again whenever the path has come to mean another directory. */
  async #watch(): Promise<void> {
    const { directory, rescanMs } = this.#options;
    try {
      const { ino } = await stat(directory);
      if (this.#watcher !== undefined && ino === this.#watchedInode) return;
      this.#watcher?.close();
      this.#watcher = watch(directory, { persistent: false }, (_event, name) => this.#mark(name));
      this.#watcher.on('error', () => (this.#watchedInode = undefined)); // the next rescan watches anew
      this.#watchedInode = ino;
      this.#isReplaced = true;
      this.#feed.note('watch');
    } catch (error) {
      this.#watchedInode = undefined; // a new directory may have the old one's number
      const reason = messageOf(error);
      const late = `its changes are noticed within ${rescanMs / 1000} s`;
      this.#feed.note('watch', `the manifests directory ${directory} cannot be watched, ${late}: ${reason}`);
    }
  }
}
