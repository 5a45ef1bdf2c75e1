// Emits an Event for a policy that is refused or active in part: one for all nodes, shown by `kubectl describe`.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { typeMeta } from '../../model/kinds.ts';
import { createEvent, type ApiCall } from './api-calls.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';
import { failureOf, type ApiFailure } from './api-failure.ts';
import type { Refusal } from './object-store.ts';
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

/** Events of what is in no namespace are kept there. */
const CLUSTER_WIDE_NAMESPACE = 'default';
const NAME_CHARACTERS = 200;
/** The API's own limit. */
const NOTE_CHARACTERS = 1_024;

export class PolicyEvents {
  readonly #options: PolicyEventsOptions;
  /** Names of Events that the cluster has. */
  #told = new Set<string>();

  constructor(options: PolicyEventsOptions) {
    this.#options = options;
  }

  /** Resolves after `signal` alone. */
  async run(): Promise<void> {
    const { signal, timing } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      const isSent = await this.#sendNext();
      failures = isSent ? 0 : failures + 1;
      const pauseMs = isSent ? this.#spreadMs() : Math.max(retryMs(timing, failures), timing.recheckMs);
      // rejects only when stopped, which the loop sees
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether the cluster has what there was to say. */
  async #sendNext(): Promise<boolean> {
    const { client, nodeName, ready, refusals, onStanding } = this.#options;
    if (!ready()) return true;
    const named = refusals().map(refusal => [eventName(refusal), refusal] as const);
    // one that was mended and is broken again is news
    this.#told = new Set(named.flatMap(([name]) => (this.#told.has(name) ? [name] : [])));
    const next = named.find(([name]) => !this.#told.has(name));
    if (next === undefined) {
      onStanding(createEvent, undefined);
      return true;
    }
    const [name, refusal] = next;
    try {
      await client.send(eventRequest(name, refusal, nodeName, new Date()));
      onStanding(createEvent, undefined);
    } catch (error) {
      const failure = failureOf(error);
      // another node was first; or the namespace is on its way out, and the policy with it
      const isSaid = failure.status === 409 || failure.status === 404;
      onStanding(createEvent, isSaid ? undefined : failure);
      if (!isSaid) return false;
    }
    this.#told.add(name);
    return true;
  }

  #spreadMs(): number {
    const { recheckMs, eventSpreadMs } = this.#options.timing;
    return recheckMs + Math.random() * eventSpreadMs;
  }
}

/** The same on every node for the same refusal, so that the server keeps one of them. */
export function eventName({ head, sentence }: Refusal): string {
  const hash = createHash('sha256').update(`${head.uid}\n${sentence}`).digest('hex').slice(0, 16);
  return `${head.name.slice(0, NAME_CHARACTERS)}.${hash}`;
}

function eventRequest(name: string, refusal: Refusal, nodeName: string, now: Date): ApiRequest {
  const { kind, head, sentence } = refusal;
  const namespace = head.namespace === '' ? CLUSTER_WIDE_NAMESPACE : head.namespace;
  const value = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace },
    eventTime: now.toISOString().replace('Z', '000Z'), // metav1.MicroTime has six digits
    type: 'Warning',
    reason: refusal.isPartial ? 'PolicyReadInPart' : 'PolicyRefused',
    action: 'ReadPolicy',
    note: sentence.slice(0, NOTE_CHARACTERS),
    regarding: {
      ...{ ...typeMeta(kind), name: head.name, uid: head.uid, resourceVersion: head.resourceVersion },
      ...(head.namespace !== '' && { namespace: head.namespace }),
    },
    reportingController: 'heddle.dev/heddled',
    reportingInstance: nodeName.slice(0, 128),
  };
  return { call: createEvent, names: { namespace }, body: { type: 'application/json', value } };
}
