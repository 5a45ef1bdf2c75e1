// Emits an Event for a policy that is refused or active in part: one for all nodes, shown by `kubectl describe`.
import { setTimeout as sleep } from 'node:timers/promises';
import { createEvent, type ApiCall } from './api-calls.ts';
import type { ApiClient } from './api-client.ts';
import { failureOf, type ApiFailure } from './api-failure.ts';
import type { Refusal } from './object-store.ts';
import { eventName, eventRequest } from './policy-event.ts';
import { retryMs, type Timing } from './timing.ts';

export interface PolicyEventsOptions {
  readonly nodeName: string;
  readonly client: ApiClient;
  readonly timing: Timing;
  readonly signal: AbortSignal;
  readonly ready: () => boolean;
  /** Of policies, as they stand now. */
  readonly refusals: () => readonly Refusal[];
  readonly onStanding: (call: ApiCall, failure: ApiFailure | undefined) => void;
}

/** Of one Event. */
interface Attempt {
  /** `performance.now()` from which it is sent again. */
  readonly dueMs: number;
  readonly failures: number;
}

/** What the server says of the request, not of this Event: it may say otherwise later. */
const TRANSIENT = new Set([401, 403, 408, 429]);

export class PolicyEvents {
  readonly #options: PolicyEventsOptions;
  /** By the Event's name. */
  #attempts = new Map<string, Attempt>();
  /** No Event can be sent at present. */
  #outageFailures = 0;

  constructor(options: PolicyEventsOptions) {
    this.#options = options;
  }

  /** Resolves after `signal` alone. */
  async run(): Promise<void> {
    const { signal, timing } = this.#options;
    while (!signal.aborted) {
      const pauseMs = this.#options.ready() ? await this.#sendNext() : timing.recheckMs;
      // rejects only when stopped, which the loop sees
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** How long to pause then. */
  async #sendNext(): Promise<number> {
    const { client, nodeName, refusals, onStanding } = this.#options;
    const named = refusals().map(refusal => [eventName(refusal), refusal] as const);
    // a policy that was mended and is broken again is reported again
    this.#attempts = new Map([...this.#attempts].filter(([name]) => named.some(([each]) => each === name)));
    const nowMs = performance.now();
    const next = named.find(([name]) => (this.#attempts.get(name)?.dueMs ?? 0) <= nowMs);
    if (next === undefined) return this.#rest(named.length);
    const [name, refusal] = next;
    try {
      await client.send(eventRequest(refusal, nodeName, new Date()));
      onStanding(createEvent, undefined);
      return this.#isSaid(name);
    } catch (error) {
      return this.#failed(name, failureOf(error));
    }
  }

  #rest(refusals: number): number {
    if (refusals === 0) this.#options.onStanding(createEvent, undefined);
    return this.#options.timing.recheckMs;
  }

  /** The server forgets Events after an hour: what is still refused then is reported again. */
  #isSaid(name: string): number {
    const { recheckMs, eventSpreadMs, eventTtlMs } = this.#options.timing;
    this.#outageFailures = 0;
    this.#attempts.set(name, { dueMs: performance.now() + eventTtlMs, failures: 0 });
    return recheckMs + Math.random() * eventSpreadMs;
  }

  /** An Event that the server refuses never holds up the others. */
  #failed(name: string, failure: ApiFailure): number {
    const { onStanding, timing } = this.#options;
    if (isForGood(failure)) {
      onStanding(createEvent, undefined);
      return this.#isSaid(name);
    }
    const isOthers = failure.status === 403 && this.#hasSent();
    if (failure.status === 403) this.#postpone(name);
    if (isOthers) return timing.recheckMs;
    onStanding(createEvent, failure);
    return Math.max(failure.retryAfterMs, retryMs(timing, this.#outageFailures++), timing.recheckMs);
  }

  /** Where others were admitted it is not the role that forbids this one, but a quota or an admission policy. */
  #hasSent(): boolean {
    return [...this.#attempts.values()].some(({ failures }) => failures === 0);
  }

  #postpone(name: string): void {
    const { timing } = this.#options;
    const failures = (this.#attempts.get(name)?.failures ?? 0) + 1;
    const pauseMs = timing.recheckMs + retryMs(timing, failures);
    this.#attempts.set(name, { dueMs: performance.now() + pauseMs, failures });
  }
}

/**
 * Another node was first (409), or the same Event would be refused again: it is invalid, or its namespace is absent or on
 * its way out, and the policy with it.
 */
function isForGood({ status = 0, causes }: ApiFailure): boolean {
  if (causes.includes('NamespaceTerminating')) return true;
  return status >= 400 && status < 500 && !TRANSIENT.has(status);
}
