// The Dataplane service's view of the agent: what the reconcilers have written, and the pods that came and went since.
import type { Addr } from 'ip';
import type { Config } from '../config.ts';
import { HeddleError } from '../errors.ts';
import { conntrackProblems } from '../tables/conntrack-usage.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { Attachment } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import { podKey } from '../model/objects.ts';
import { localEndpointRow } from '../model/endpoint-rows.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import type { PodAttachments } from '../pods/pod-attachments.ts';
import type { NodeReconcilers } from '../reconcilers/node-reconcilers.ts';
import type { NodeState } from '../reconcilers/node-state.ts';
import { VERSION } from '../version.ts';
import { endpointView, localEndpointView, nodeViews, routeView } from './snapshot.ts';
import type {
  DataplaneView,
  EndpointView,
  NodeView,
  PodRegistration,
  RouteView,
  StatusView,
} from '../api/dataplane-view.ts';

interface Registrar {
  readonly attachments: PodAttachments;
  readonly ipam: Ipam;
  readonly onChange: () => void;
}

export interface ViewSources {
  readonly reconcilers: Pick<NodeReconcilers, 'cells' | 'localPods' | 'runner'>;
  readonly policy: Pick<NodePolicy, 'problems'>;
}

/** Interface name of a pod whose interface the caller has made: the daemon does not look inside. */
const REGISTERED_IFNAME = 'registered';

export class AgentView implements DataplaneView {
  readonly #config: Config;
  readonly #startedMs = Date.now();
  readonly #listeners = new Set<() => void>();
  readonly #sources: ViewSources;
  readonly #localCache = new WeakMap<LocalPod, readonly EndpointView[]>();
  /** The node that these were made of. */
  #state: NodeState | undefined;
  /** All but the pods of this node; made when somebody asks. */
  #others: readonly EndpointView[] | undefined;
  #remotePods: number | undefined;
  #routes: readonly RouteView[] | undefined;
  #nodes: readonly NodeView[] | undefined;
  #sourceProblems: readonly string[] = [];
  #metricsProblem: string | undefined;
  #changes = 0;
  #registrar: Registrar | undefined;

  constructor(config: Config, sources: ViewSources) {
    this.#config = config;
    this.#sources = sources;
  }

  /** From here on pods can be registered. */
  serve(registrar: Registrar): void {
    this.#registrar = registrar;
  }

  countChange(): void {
    this.#changes += 1;
  }

  /** Something that the view shows is another, such as the pods of this node. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  setSourceProblems(problems: readonly string[]): void {
    this.#sourceProblems = problems;
  }

  setMetricsProblem(problem: string | undefined): void {
    this.#metricsProblem = problem;
    this.changed();
  }

  /** Pods of this node as they are now, everything else as it was last written. */
  endpoints(): readonly EndpointView[] {
    const state = this.#current();
    if (state === undefined) return [];
    this.#others ??= state.tables.endpoints.filter(isOther).map(endpointView);
    const local = this.#sources.reconcilers.localPods.all;
    return [...this.#others, ...local.flatMap(pod => this.#localViews(pod, state))];
  }

  routes(): readonly RouteView[] {
    const state = this.#current();
    this.#routes ??= state?.tables.routes.map(routeView) ?? [];
    return this.#routes;
  }

  nodes(): readonly NodeView[] {
    const state = this.#current();
    this.#nodes ??= state === undefined ? [] : nodeViews(state);
    return this.#nodes;
  }

  status(): StatusView {
    const { cells, runner } = this.#sources.reconcilers;
    const state = this.#current();
    this.#remotePods ??= countRemotePods(state?.tables.endpoints ?? []);
    const programs = cells.programs.value;
    return {
      version: VERSION,
      node: this.#config.nodeName,
      uptimeSeconds: Math.floor((Date.now() - this.#startedMs) / 1_000),
      ready: runner.isReady,
      problems: [
        ...runner.problems,
        ...this.#sources.policy.problems,
        ...this.#sourceProblems,
        ...(programs === undefined ? [] : conntrackProblems(programs.maps)),
        ...(this.#metricsProblem === undefined ? [] : [this.#metricsProblem]),
      ],
      uplink: cells.uplinks.value?.map(({ name }) => name).join(', ') ?? '',
      xdp: programs?.status().links.find(link => link.hook === 'uplink_xdp')?.mode ?? 'off',
      changesApplied: this.#changes,
      localPods: this.#registrar?.ipam.attached.length ?? 0,
      remotePods: this.#remotePods,
      nodes: this.nodes().length,
      reconcilers: runner.status(),
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Rejects with `INVALID_REQUEST` when there is no such interface. */
  async registerPod(registration: PodRegistration): Promise<readonly Addr[]> {
    await this.#registrar?.attachments.settled();
    return this.#inTurn(({ attachments, ipam, onChange }) => {
      const key = { containerId: registration.containerId, ifname: REGISTERED_IFNAME };
      const known = ipam.get(key);
      if (known !== undefined) return sameRegistration(known, registration);
      const { addresses } = attachments.register(
        {
          ...key,
          hostInterface: registration.hostInterface,
          podMac: registration.mac,
          mtu: this.#current()?.podMtu ?? 0,
          ...(registration.pod !== undefined && { pod: registration.pod }),
        },
        registration.addresses,
      );
      onChange();
      return addresses;
    });
  }

  unregisterPod(containerId: string): Promise<void> {
    return this.#inTurn(({ attachments, onChange }) => {
      if (!attachments.unregister({ containerId, ifname: REGISTERED_IFNAME }))
        throw new HeddleError('ENDPOINT_MISSING', `no pod is registered for container ${containerId}`);
      onChange();
    });
  }

  /** The same objects for the same pod: whoever watches compares by reference first. */
  #localViews(pod: LocalPod, state: NodeState): readonly EndpointView[] {
    const known = this.#localCache.get(pod);
    if (known !== undefined) return known;
    const views = pod.attachment.addresses.map(addr =>
      localEndpointView(localEndpointRow(state.input, pod, addr), pod),
    );
    this.#localCache.set(pod, views);
    return views;
  }

  #inTurn<T>(action: (registrar: Registrar) => T): Promise<T> {
    return new Promise(resolve => {
      if (this.#registrar === undefined)
        throw new HeddleError('NOT_READY', 'heddled has not finished starting');
      resolve(action(this.#registrar));
    });
  }

  /** What was made of an earlier state is forgotten. */
  #current(): NodeState | undefined {
    const state = this.#sources.reconcilers.cells.state.value;
    if (state !== this.#state) this.#others = this.#remotePods = this.#routes = this.#nodes = undefined;
    this.#state = state;
    return state;
  }
}

/** A pod has an endpoint for each of its addresses. */
function countRemotePods(rows: readonly EndpointRow[]): number {
  const isRemote = ({ value }: EndpointRow): boolean => value.kind === 'ENDPOINT_REMOTE_POD';
  return new Set(rows.filter(isRemote).map(({ pod }) => pod && podKey(pod))).size;
}

function isOther({ value }: EndpointRow): boolean {
  return value.kind !== 'ENDPOINT_LOCAL_POD';
}

function sameRegistration(known: Attachment, wish: PodRegistration): readonly Addr[] {
  const isSame =
    known.hostInterface === wish.hostInterface &&
    known.podMac === wish.mac &&
    known.pod?.namespace === wish.pod?.namespace &&
    known.pod?.name === wish.pod?.name &&
    wish.addresses.every(addr => known.addresses.includes(addr));
  if (isSame) return known.addresses;
  const text = `container ${known.containerId} is registered with other values: unregister it first`;
  throw new HeddleError('ENDPOINT_EXISTS', text);
}
