// The Kubernetes source: the cluster as the API server tells it, and what this node's own Node object says in return.
import { HeddleError } from '../../errors.ts';
import { emptyCluster, type ClusterState } from '../../model/objects.ts';
import type { Source, SourceListener } from '../source.ts';
import { watchedResources, type ApiCall, type WatchedKind } from './api-calls.ts';
import { ApiClient } from './api-client.ts';
import type { ApiFailure } from './api-failure.ts';
import { ClusterAccess } from './cluster-access.ts';
import { ClusterStores } from './cluster-stores.ts';
import { OwnNodeWriter } from './own-node-writer.ts';
import type { OwnNode } from './own-node.ts';
import { PolicyEvents } from './policy-events.ts';
import { ResourceWatch } from './resource-watch.ts';
import { failedAgain, standingSentences, type Standing } from './standings.ts';
import { defaultTiming, type Timing } from './timing.ts';

export interface KubernetesOptions {
  /** Of the Node that is this one. */
  readonly nodeName: string;
  /** File; absent: the service account of the pod that this process is. */
  readonly kubeconfig?: string;
  /** Whether pods of this node have their network: nothing is written before. */
  readonly ready: () => boolean;
  /** What others should know of this node; asked again and again. */
  readonly ownNode: () => OwnNode | undefined;
  /** What `start` waits for, which the listener is not told before there is a state. */
  readonly onWaiting?: (sentence: string) => void;
  readonly timing?: Partial<Timing>;
}

export class KubernetesSource implements Source {
  readonly #options: KubernetesOptions;
  readonly #timing: Timing;
  readonly #stores = new ClusterStores();
  readonly #abort = new AbortController();
  /** Of what is written. */
  readonly #writes = new Map<ApiCall, Standing>();
  #access: ClusterAccess | undefined;
  #watches: readonly ResourceWatch[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #listener: SourceListener | undefined;
  #isComplete = false;
  #hasTold = false;
  #timer: NodeJS.Timeout | undefined;
  #state: ClusterState = emptyCluster;
  #toldProblems = '';

  constructor(options: KubernetesOptions) {
    this.#options = options;
    this.#timing = { ...defaultTiming, ...options.timing };
  }

  /** As long as the API server does not answer this waits: nothing is known of the cluster before. */
  async start(listener: SourceListener): Promise<void> {
    this.#access = await ClusterAccess.open(this.#options.kubeconfig);
    this.#listener = listener;
    const { signal } = this.#abort;
    const client = new ApiClient(this.#access, this.#timing.answerMs, signal);
    const writer = this.#ownNodeWriter(client);
    this.#watches = Object.values(watchedResources).map(({ kind }) => this.#watch(kind, client, writer));
    const synced = Promise.all(this.#watches.map(watch => watch.synced));
    const loops = [...this.#watches, writer, this.#policyEvents(client)];
    this.#running = Promise.all(loops.map(loop => loop.run()));
    await Promise.race([synced, this.#running]);
    if (signal.aborted)
      throw new HeddleError('NOT_READY', 'stopped before the API server had told everything');
    this.#isComplete = true;
    this.#tell();
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    this.#abort.abort();
    clearTimeout(this.#timer);
    await this.#running;
    this.#access?.[Symbol.dispose]();
  }

  /**
   * Writes nothing: the runtime tells the kubelet the addresses that ADD has answered, and the kubelet tells the API
   * server as `status.podIPs`. Two writers of one field would fight, and until the kubelet has spoken nobody can want
   * to reach the pod by a Service. This node knows its own pods' addresses without being told.
   */
  publish(): Promise<void> {
    return Promise.resolve();
  }

  #watch(kind: WatchedKind, client: ApiClient, writer: OwnNodeWriter): ResourceWatch {
    return new ResourceWatch({
      ...{ resource: watchedResources[kind], client, store: this.#stores.of(kind) },
      ...{ timing: this.#timing, signal: this.#abort.signal, onChange: () => this.#mark() },
      ...(kind === 'Node' && { onObject: (raw, isListed) => writer.observe(raw, isListed) }),
    });
  }

  #ownNodeWriter(client: ApiClient): OwnNodeWriter {
    const { nodeName, ready, ownNode } = this.#options;
    return new OwnNodeWriter({
      ...{ nodeName, ready, ownNode, client, timing: this.#timing, signal: this.#abort.signal },
      onStanding: (call, failure) => this.#noteWrite(call, failure),
    });
  }

  #policyEvents(client: ApiClient): PolicyEvents {
    const { nodeName, ready } = this.#options;
    return new PolicyEvents({
      ...{ nodeName, ready, client, timing: this.#timing, signal: this.#abort.signal },
      refusals: () => this.#stores.refusedPolicies(),
      onStanding: (call, failure) => this.#noteWrite(call, failure),
    });
  }

  #noteWrite(call: ApiCall, failure: ApiFailure | undefined): void {
    if (failure !== undefined) this.#writes.set(call, failedAgain(this.#writes.get(call), call, failure));
    else if (!this.#writes.delete(call)) return;
    this.#mark();
  }

  #mark(): void {
    if (this.#listener === undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, this.#timing.settleMs);
  }

  /** Says nothing when nothing has changed. */
  #tell(): void {
    const standings = [...this.#watches.map(({ standing }) => standing), ...this.#writes.values()];
    const failing = standings.filter(standing => standing !== undefined);
    const connection = standingSentences(this.#access?.server ?? '', failing);
    const problems = [...connection, ...this.#stores.problems()];
    const text = problems.join('\n');
    const isNews = this.#toldProblems !== text;
    if (!this.#isComplete) {
      if (isNews) for (const sentence of connection) this.#options.onWaiting?.(sentence);
      this.#toldProblems = text;
      return;
    }
    const state = this.#stores.state(this.#state);
    if (state === this.#state && !isNews && this.#hasTold) return;
    this.#hasTold = true;
    this.#state = state;
    this.#toldProblems = text;
    this.#listener?.(state, problems);
  }
}
