// What the API answers while a start still waits: status at once, DEL with a delete that is kept for the end of the start,
// everything else after a short while with what it waits for.
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Attacher,
  AttachRequest,
  AttachResult,
  CheckRequest,
  CheckResult,
  DetachRequest,
  StatusReason,
} from '../api/cni/attacher.ts';
import type { UnmetCondition } from '../api/dataplane-view.ts';
import type { EventsView } from '../api/events-view.ts';
import { HeddleError } from '../errors.ts';
import type { AttachmentKey } from '../model/attachment.ts';
import type { PolicyKeeper } from '../sources/applied/applied-policies.ts';
import { sentenceOf } from './conditions.ts';

/** A request of the plugin is held so long: longer than a start of a node that is well takes. */
const HOLD_MS = 10_000;

/** What there is once the start is over. */
export interface Started {
  readonly attacher: Omit<Attacher, 'status'>;
  readonly events: EventsView;
  /** Resolves when the devices of pods whose DEL was answered have gone. */
  readonly whenGone: () => Promise<unknown>;
}

export interface StartGateOptions {
  readonly unmet: () => readonly UnmetCondition[];
  /** Keeps a delete that is carried out before anything is attached. Throws when it cannot be kept. */
  readonly keepDelete: (key: AttachmentKey) => void;
  readonly holdMs?: number;
}

export class StartGate implements Attacher {
  readonly #options: StartGateOptions;
  readonly #opened: Promise<void>;
  #open: () => void = () => undefined;
  #started: Started | undefined;

  constructor(options: StartGateOptions) {
    this.#options = options;
    this.#opened = new Promise(resolve => (this.#open = resolve));
  }

  get isOpen(): boolean {
    return this.#started !== undefined;
  }

  open(started: Started): void {
    this.#started = started;
    this.#open();
  }

  async add(request: AttachRequest, signal: AbortSignal): Promise<AttachResult> {
    return (await this.#attacher(signal)).add(request, signal);
  }

  async delete(request: DetachRequest): Promise<void> {
    if (this.#started === undefined && this.#keeps(request)) return;
    await (await this.#attacher()).delete(request);
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    return (await this.#attacher()).check(request);
  }

  async gc(network: string, valid: readonly AttachmentKey[]): Promise<void> {
    await (await this.#attacher()).gc(network, valid);
  }

  /** On a full node, after those that go: an ADD waits for their addresses, too, and so it would succeed. */
  async status(): Promise<readonly StatusReason[]> {
    if (this.#options.unmet().some(({ name }) => name === 'addresses')) await this.#started?.whenGone();
    return this.#options.unmet().map(one => ({
      sentence: sentenceOf(one),
      limitsAttached: one.limitsRunningPods,
    }));
  }

  /** Throws `NOT_READY` before the start is over. */
  events(nodeName: EventsView['nodeName']): EventsView {
    return {
      listen: (filter, onData) => this.#require().events.listen(filter, onData),
      trace: request => this.#require().events.trace(request),
      history: () => this.#require().events.history(),
      nodeName,
    };
  }

  /** Policies are neither given nor taken before the source is known: which of them it has itself decides. */
  policies(keeper: PolicyKeeper): PolicyKeeper {
    const known = (): PolicyKeeper => {
      this.#require();
      return keeper;
    };
    return {
      apply: policy => known().apply(policy),
      applySet: (policies, confirmMs) => known().applySet(policies, confirmMs),
      confirm: () => known().confirm(),
      rollBack: () => known().rollBack(),
      delete: key => known().delete(key),
      policies: () => known().policies(),
    };
  }

  /** False: it is held as other requests are, and then the plugin tries to keep it. */
  #keeps({ containerId, ifname }: DetachRequest): boolean {
    try {
      this.#options.keepDelete({ containerId, ifname });
      return true;
    } catch {
      return false;
    }
  }

  #require(): Started {
    if (this.#started === undefined) throw this.#notReady();
    return this.#started;
  }

  async #attacher(signal?: AbortSignal): Promise<Started['attacher']> {
    if (this.#started === undefined) {
      const end = new AbortController();
      const stop = (): void => end.abort();
      signal?.addEventListener('abort', stop);
      const held = sleep(this.#options.holdMs ?? HOLD_MS, undefined, { signal: end.signal }).catch(
        () => undefined,
      );
      await Promise.race([this.#opened, held]);
      end.abort();
      signal?.removeEventListener('abort', stop);
    }
    return this.#require().attacher;
  }

  #notReady(): HeddleError {
    const [first] = this.#options.unmet();
    const why = first === undefined ? 'try again' : sentenceOf(first);
    const text = first?.name === 'start' ? why : `heddled has not finished starting: ${why}`;
    return new HeddleError('NOT_READY', text);
  }
}
