// Notifies a source's listener: gathers changes, and skips states that are equal to the last one.
import { emptyCluster, isSameCluster, type ClusterState } from '../model/objects.ts';
import type { SourceListener } from './source.ts';
import { VanishedNodes, type NodeGrace } from './vanished-nodes.ts';

export interface FeedOptions {
  /** How long changes are gathered, milliseconds. */
  readonly gatherMs: number;
  /** The cluster as the source has it now, and what of its objects is odd; parts equal to `previous` are the same. */
  readonly read: (previous: ClusterState) => ClusterReading;
  /** Reads anew what has changed, before `read`. */
  readonly refresh?: () => Promise<void>;
  /** How long Nodes whose object has gone are kept. */
  readonly grace: NodeGrace;
  /** Of each problem of the source itself that begins before there is a first state. */
  readonly onDelay?: (sentence: string) => void;
}

export interface ClusterReading {
  readonly state: ClusterState;
  readonly problems: readonly string[];
}

/** A directory whose file system hangs is never read anew: what is wrong is reported without it. */
const REFRESH_MS = 1_000;

/** Notifying takes time with the size of the cluster: at most this share of the daemon's goes into it. */
const MAX_SHARE = 0.1;

export class ClusterFeed {
  readonly #options: FeedOptions;
  /** Of the source itself, by topic. */
  readonly #problems = new Map<string, readonly string[]>();
  /** As they were read last. */
  #ofObjects: readonly string[] = [];
  #listener: SourceListener | undefined;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #takenMs = 0;
  /** As it was read. */
  #reading: ClusterState = emptyCluster;
  /** With the Nodes that are kept. */
  #state: ClusterState = emptyCluster;
  readonly #vanished: VanishedNodes;
  #graceEnd: NodeJS.Timeout | undefined;
  /** The problems that the listener knows; undefined: it knows nothing. */
  #notified: readonly string[] | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#vanished = new VanishedNodes(options.grace);
  }

  /** The last state that the listener was notified of. */
  get state(): ClusterState {
    return this.#state;
  }

  /** What is wrong with the source itself in that respect, whole sentences; none: it has ended. */
  note(topic: string, ...sentences: readonly string[]): void {
    const before = this.#problems.get(topic) ?? [];
    if (isSameList(before, sentences)) return;
    this.#problems.set(topic, sentences);
    if (this.#listener !== undefined) this.request();
    else for (const sentence of sentences) if (!before.includes(sentence)) this.#options.onDelay?.(sentence);
  }

  /** The source knows the whole cluster: the listener is notified of it before this returns. */
  open(listener: SourceListener): void {
    if (this.#isClosed) return;
    this.#listener = listener;
    this.notify();
  }

  /** Something may have changed: the listener is notified before long. */
  request(): void {
    if (this.#listener === undefined) return;
    const waitMs = Math.max(this.#options.gatherMs, this.#takenMs / MAX_SHARE);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#update();
    }, waitMs);
  }

  /** At once, if anything is not as the listener knows it. */
  notify(): void {
    if (this.#listener === undefined) return;
    const begunMs = performance.now();
    const { state, problems } = this.#read();
    this.#ofObjects = problems;
    this.#emit(state);
    this.#takenMs = performance.now() - begunMs;
  }

  #emit(state: ClusterState): void {
    const all = [...[...this.#problems.values()].flat(), ...this.#ofObjects];
    const isKnown = this.#notified !== undefined && isSameList(this.#notified, all);
    if (isKnown && isSameCluster(state, this.#state)) return;
    this.#state = state;
    this.#notified = all;
    this.#listener?.(state, all);
  }

  /** The listener is not notified any more. */
  close(): void {
    this.#isClosed = true;
    this.#listener = undefined;
    clearTimeout(this.#timer);
    clearTimeout(this.#graceEnd);
  }

  #read(): ClusterReading {
    const { state, problems } = this.#options.read(this.#reading);
    this.#reading = state;
    const nodes = this.#vanished.keep(state.nodes);
    const { dueMs } = this.#vanished;
    clearTimeout(this.#graceEnd);
    if (dueMs !== undefined) this.#graceEnd = setTimeout(() => this.request(), dueMs).unref();
    const isWhole = nodes === state.nodes;
    return {
      state: isWhole ? state : { ...state, nodes },
      problems: isWhole ? problems : [...this.#vanished.problems(), ...problems],
    };
  }

  async #update(): Promise<void> {
    const late = setTimeout(() => this.#emit(this.#state), REFRESH_MS).unref();
    await this.#options.refresh?.();
    clearTimeout(late);
    this.notify();
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
