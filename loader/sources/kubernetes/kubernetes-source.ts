// The Kubernetes source: cluster state from the API server, and the facts that this node writes to its Node object.
import { HeddleError } from '../../errors.ts';
import { kindSpec } from '../../model/kinds.ts';
import { ClusterFeed } from '../feed.ts';
import { ProofsOfLife } from '../proofs-of-life.ts';
import type { Source, SourceListener, WatchLiveness } from '../source.ts';
import { resourceName, watchedResources, type ApiCall, type WatchedResource } from './api-calls.ts';
import { ApiClient } from './api-client.ts';
import type { ApiFailure } from './api-failure.ts';
import { ClusterAccess } from './cluster-access.ts';
import { ClusterStores } from './cluster-stores.ts';
import { OwnNodeWriter } from './own-node-writer.ts';
import type { OwnNode, Unready } from './own-node.ts';
import { PolicyEvents } from './policy-events.ts';
import { ResourceWatch } from './resource-watch.ts';
import { failedAgain, standingSentences, type Standing } from './standings.ts';
import { defaultTiming, type Timing } from './timing.ts';

export interface KubernetesOptions {
  /** Of the Node that is this one. */
  readonly nodeName: string;
  /** Whether Services and EndpointSlices are asked for. */
  readonly services?: boolean;
  /** File; absent: the service account of the pod that this process is. */
  readonly kubeconfig?: string;
  /** Whether this node serves pods: no Event is written before. */
  readonly ready: () => boolean;
  /** Why a pod added to this node would not work, for the Node object; undefined: it would. */
  readonly unready?: () => Unready | undefined;
  /** What others should know of this node; asked again and again. */
  readonly ownNode: () => OwnNode | undefined;
  /** File that keeps, across restarts, what refused objects said before; absent: a restart forgets it. */
  readonly memory?: string;
  /** Why there is no first state yet. */
  readonly onDelay?: (sentence: string) => void;
  readonly timing?: Partial<Timing>;
}

/** Of a daemon that says no more of its readiness. */
const STARTING: Unready = { reason: 'Start', message: 'heddled has not finished starting' };

export class KubernetesSource implements Source {
  readonly #options: KubernetesOptions;
  readonly #timing: Timing;
  readonly #stores: ClusterStores;
  readonly #feed: ClusterFeed;
  readonly #proofs: ProofsOfLife;
  readonly #abort = new AbortController();
  /** Of what is written. */
  readonly #writes = new Map<ApiCall, Standing>();
  readonly #resources: readonly WatchedResource[];
  #access: ClusterAccess | undefined;
  #watches: readonly ResourceWatch[] = [];
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: KubernetesOptions) {
    this.#options = options;
    this.#timing = { ...defaultTiming, ...options.timing };
    this.#resources = options.services === true ? watchedResources : watchedResources.filter(isOfPods);
    const stores = new ClusterStores(options.memory);
    this.#stores = stores;
    this.#feed = new ClusterFeed({
      gatherMs: this.#timing.gatherMs,
      grace: { nodeName: options.nodeName, ...this.#timing.grace },
      read: previous => ({ state: stores.state(previous), problems: stores.problems() }),
      ...(options.onDelay !== undefined && { onDelay: options.onDelay }),
    });
    this.#proofs = new ProofsOfLife({
      ...{ names: this.#resources.map(nameOf), server: 'the API server' },
      maxSilenceMs: this.#timing.silentMs,
      onProblem: (...sentences) => this.#feed.note('silence', ...sentences),
    });
  }

  /** As long as the API server does not answer this waits: nothing is known of the cluster before. */
  async start(listener: SourceListener): Promise<void> {
    this.#access = await ClusterAccess.open(this.#options.kubeconfig, this.#timing.answerMs);
    const { signal } = this.#abort;
    const client = new ApiClient(this.#access, this.#timing.answerMs, signal);
    const writer = this.#ownNodeWriter(client);
    this.#watches = this.#resources.map(each => this.#watch(each, client, writer));
    const synced = Promise.all(this.#watches.map(watch => watch.synced));
    const loops = [...this.#watches, writer, this.#policyEvents(client)];
    this.#running = Promise.all(loops.map(loop => loop.run()));
    await Promise.race([synced, this.#running]);
    if (signal.aborted)
      throw new HeddleError('NOT_READY', 'stopped before the API server had sent its state');
    this.#feed.open(listener);
  }

  async stop(): Promise<void> {
    this.#feed.close();
    this.#proofs[Symbol.dispose]();
    this.#abort.abort();
    this.#access?.[Symbol.dispose](); // ends a plugin that a request waits for
    await this.#running;
  }

  /**
   * Writes nothing: the runtime passes the addresses of ADD's result to the kubelet, and the kubelet writes them to the API
   * server as `status.podIPs`. Two writers of one field would conflict, and before the kubelet's write no Service has
   * the pod as an endpoint. This node knows its own pods' addresses from their attachments.
   */
  publish(): Promise<void> {
    return Promise.resolve();
  }

  watches(): readonly WatchLiveness[] {
    return this.#proofs.watches();
  }

  #watch(resource: WatchedResource, client: ApiClient, writer: OwnNodeWriter): ResourceWatch {
    return new ResourceWatch({
      ...{ resource, client, store: this.#stores.of(resource.kind) },
      ...{ timing: this.#timing, signal: this.#abort.signal, onChange: () => this.#noteChange() },
      onProof: () => this.#proofs.confirm(nameOf(resource)),
      ...(resource.kind === 'Node' && { onObject: (raw, isListed) => writer.observe(raw, isListed) }),
    });
  }

  #ownNodeWriter(client: ApiClient): OwnNodeWriter {
    const { nodeName, ready, ownNode } = this.#options;
    const { unready = () => (ready() ? undefined : STARTING) } = this.#options;
    return new OwnNodeWriter({
      ...{ nodeName, unready, ownNode, client, timing: this.#timing, signal: this.#abort.signal },
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
    if (failure !== undefined)
      this.#writes.set(call, failedAgain(this.#writes.get(call), { call, failure }, this.#timing));
    else if (!this.#writes.delete(call)) return;
    this.#noteChange();
  }

  /** Of objects, or of how the calls stand. */
  #noteChange(): void {
    const standings = [...this.#watches.map(({ standing }) => standing), ...this.#writes.values()];
    const failing = standings.filter(standing => standing !== undefined);
    const { patienceMs } = this.#timing;
    const server = this.#access?.server ?? '';
    this.#feed.note('calls', ...standingSentences(failing, { server, patienceMs }));
    this.#feed.request();
  }
}

function isOfPods({ kind }: WatchedResource): boolean {
  return kindSpec(kind).concerns !== 'services';
}

function nameOf({ list }: WatchedResource): string {
  return resourceName(list);
}
