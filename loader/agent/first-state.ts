// Starts the source, and holds back a first state that lacks what the pinned maps have where the source has most likely lost
// it (etcd or an API server restored empty, or from an old backup): absence in a source that has lost data is not a deletion.
import { HeddleError } from '../errors.ts';
import { isMassLoss, isNothing, missingFrom, type KnownCluster } from '../model/known-cluster.ts';
import type { ClusterState } from '../model/objects.ts';
import type { Source, SourceListener } from '../sources/source.ts';

export interface FirstStateOptions {
  readonly nodeName: string;
  /** Read before the source starts. */
  readonly known: () => KnownCluster;
  /** A first state is held back. */
  readonly onBegin: () => void;
  /** Whole sentences, why it is and what else is wrong. */
  readonly onHeld: (problems: readonly string[]) => void;
  readonly holdMs?: number;
}

/** Every daemon that lives has connected anew by then, and written its keys again. */
const HOLD_MS = 30_000;

export class FirstState {
  readonly #options: FirstStateOptions;
  readonly #holdMs: number;
  #known: KnownCluster | undefined;
  #isOpen = false;
  #isForgotten = false;
  #last: Parameters<SourceListener> | undefined;
  /** While a state is held back. */
  #sentence: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #opened: (() => void) | undefined;
  #stopped: ((error: HeddleError) => void) | undefined;

  constructor(options: FirstStateOptions) {
    this.#options = options;
    this.#holdMs = options.holdMs ?? HOLD_MS;
  }

  /** The source does not know this node, so it has most likely lost others, too. */
  noteForgotten(): void {
    this.#isForgotten = true;
  }

  /** Resolves once `listener` has the first state that counts. */
  async start(source: Pick<Source, 'start'>, listener: SourceListener): Promise<void> {
    this.#known = this.#options.known();
    const opened = new Promise<void>((resolve, reject) => {
      this.#opened = resolve;
      this.#stopped = reject;
    });
    opened.catch(() => undefined); // a source that ends first says why
    await source.start((state, problems) => {
      this.#last = [state, problems];
      this.#take(listener);
    });
    await opened;
  }

  /** A start that waits ends with an error. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#stopped?.(new HeddleError('NOT_READY', 'stopped before the source had its data again'));
  }

  #take(listener: SourceListener): void {
    if (this.#last === undefined) return;
    const [state, problems] = this.#last;
    if (!this.#isOpen && this.#isHeld(state)) {
      if (this.#timer === undefined) this.#hold(listener);
      this.#options.onHeld([...(this.#sentence === undefined ? [] : [this.#sentence]), ...problems]);
    } else if (this.#isOpen) listener(state, problems);
    else this.#open(listener);
  }

  #hold(listener: SourceListener): void {
    this.#timer = setTimeout(() => this.#open(listener), this.#holdMs).unref();
    this.#options.onBegin();
  }

  #open(listener: SourceListener): void {
    clearTimeout(this.#timer);
    this.#isOpen = true;
    this.#known = undefined;
    this.#take(listener);
    this.#opened?.();
  }

  /** Once it is held, until everything is there. */
  #isHeld(state: ClusterState): boolean {
    const known = this.#known;
    if (known === undefined) return false;
    const missing = missingFrom(state, known);
    if (isNothing(missing)) return false;
    const isLost =
      this.#isForgotten || !state.nodes.has(this.#options.nodeName) || isMassLoss(known, missing);
    if (isLost) this.#sentence ??= heldSentence(known, missing, this.#holdMs);
    return this.#sentence !== undefined;
  }
}

const PARTS = { nodes: 'nodes', pods: 'addresses of their pods', policies: 'policies' } as const;

function heldSentence(known: KnownCluster, missing: KnownCluster, holdMs: number): string {
  const share = (what: keyof KnownCluster): string[] =>
    missing[what].length === 0 ? [] : [`${missing[what].length} of ${known[what].length} ${PARTS[what]}`];
  const what = (['nodes', 'pods', 'policies'] as const).flatMap(share).join(', ');
  const until = new Date(Date.now() + holdMs).toISOString();
  return `the source has most likely lost data, it lacks ${what} that the maps of this node have: nothing is removed and no pod is added before they are there again, at most until ${until}`;
}
