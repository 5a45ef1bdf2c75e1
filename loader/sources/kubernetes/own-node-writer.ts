// Keeps this node's own Node object as it should be: compared again and again, written only where it differs.
import { setTimeout as sleep } from 'node:timers/promises';
import { patchNode, patchNodeStatus, type ApiCall } from './api-calls.ts';
import type { ApiClient } from './api-client.ts';
import { failureOf, type ApiFailure } from './api-failure.ts';
import { nextWrite, writtenNode, type WrittenNode, type OwnNode, type Unready } from './own-node.ts';
import { retryMs, type Timing } from './timing.ts';

export interface OwnNodeWriterOptions {
  readonly nodeName: string;
  readonly client: ApiClient;
  readonly timing: Timing;
  readonly signal: AbortSignal;
  /** Why a pod added now would not work; undefined: it would. */
  readonly unready: () => Unready | undefined;
  readonly ownNode: () => OwnNode | undefined;
  /** Why it is not as it should be, or that it is. */
  readonly onStanding: (call: ApiCall, failure: ApiFailure | undefined) => void;
}

/** A watch is not as slow as that; one that has broken off lists, which is the truth anyway. */
const AWAIT_MS = 10_000;
/** Retries after conflicts with other writers. */
const TELLING_FAILURES = 3;
/** Without a pause: more are in vain, as where an admission webhook undoes them. */
const MOST_WRITES = 4;

export class OwnNodeWriter {
  readonly #options: OwnNodeWriterOptions;
  #node: WrittenNode | undefined;
  #failures = 0;
  #unreadySinceMs: number | undefined;
  /** Since all was as it should be. */
  #writes = 0;
  /** Versions that the watch reported during a write: it can be faster than the answer. */
  #seenVersions: Set<string> | undefined;
  /** Set until the watch reports the written version: earlier reports are older. */
  #awaited: { readonly version: string; readonly untilMs: number } | undefined;

  constructor(options: OwnNodeWriterOptions) {
    this.#options = options;
  }

  /** `isListed`: as the server has it now. */
  observe(raw: unknown, isListed: boolean): void {
    const facts = writtenNode(raw);
    if (facts?.name !== this.#options.nodeName) return;
    this.#seenVersions?.add(facts.resourceVersion);
    const isAwaited = this.#awaited?.version === facts.resourceVersion;
    if (!isListed && !isAwaited && performance.now() < (this.#awaited?.untilMs ?? 0)) return;
    this.#awaited = undefined;
    this.#node = facts;
  }

  /** Resolves after `signal` alone. */
  async run(): Promise<void> {
    const { signal, timing } = this.#options;
    while (!signal.aborted) {
      const outcome = await this.#writeNext();
      if (outcome === 'written' && ++this.#writes <= MOST_WRITES) continue;
      const pauseMs = outcome === 'nothing' ? timing.recheckMs : retryMs(timing, this.#failures++);
      // rejects only when stopped, which the loop sees
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #writeNext(): Promise<'nothing' | 'written' | 'failed'> {
    const { client, ownNode, onStanding } = this.#options;
    const unready = this.#lastingUnready();
    if (this.#node === undefined || unready === 'not yet') return 'nothing';
    const write = nextWrite(this.#node, { own: ownNode(), unready }, new Date());
    if (write === undefined) return this.#rest();
    this.#seenVersions = new Set();
    try {
      this.#note(await client.send(write));
      onStanding(write.call, undefined);
      return 'written';
    } catch (error) {
      const failure = failureOf(error);
      // a conflict first means that the taints were changed meanwhile, which the watch is about to report
      const isOvertaken = failure.status === 409 || failure.status === 422;
      if (!isOvertaken || this.#failures >= TELLING_FAILURES) onStanding(write.call, failure);
      return 'failed';
    } finally {
      this.#seenVersions = undefined;
    }
  }

  /** A start, and what is over in a moment, are not worth the scheduler's attention. */
  #lastingUnready(): Unready | 'not yet' | undefined {
    const { unready, timing } = this.#options;
    const now = unready();
    this.#unreadySinceMs = now === undefined ? undefined : (this.#unreadySinceMs ?? performance.now());
    const forMs = performance.now() - (this.#unreadySinceMs ?? 0);
    return now !== undefined && forMs < timing.unreadyMs ? 'not yet' : now;
  }

  /** The Node has its desired state, whichever writer brought it there. */
  #rest(): 'nothing' {
    this.#failures = this.#writes = 0;
    for (const call of [patchNode, patchNodeStatus]) this.#options.onStanding(call, undefined);
    return 'nothing';
  }

  /** The server answers with the object as it is now. */
  #note(answer: unknown): void {
    const facts = writtenNode(answer);
    if (facts === undefined) return;
    const { resourceVersion: version } = facts;
    if (this.#seenVersions?.has(version) === true) return;
    // an answer that changes nothing has a version that the watch reported before
    if (version !== this.#node?.resourceVersion)
      this.#awaited = { version, untilMs: performance.now() + AWAIT_MS };
    this.#node = facts;
  }
}
