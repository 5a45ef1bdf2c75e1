// The Dataplane service's view of the agent: what the last pass left, and the pods that came and went since.
import type { Config } from '../config.ts';
import type { Datapath } from '../datapath/datapath.ts';
import { DataplaneError } from '../errors.ts';
import { conntrackProblems } from '../maps/conntrack-room.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { Addr } from '../model/addr.ts';
import type { Attachment } from '../model/attachment.ts';
import type { LocalPod } from '../model/dataplane-input.ts';
import type { EndpointRow } from '../model/dataplane-rows.ts';
import { podKey } from '../model/objects.ts';
import { localEndpointRow } from '../model/endpoint-rows.ts';
import type { NodePolicy } from '../reconcile/node-policy.ts';
import type { PodAttachments } from '../reconcile/pod-attachments.ts';
import type { NodeState } from '../reconcile/reconciler.ts';
import { VERSION } from '../version.ts';
import { endpointView, localEndpointView, nodeViews, routeView } from './dataplane-snapshot.ts';
import type {
  DataplaneView,
  EndpointView,
  NodeView,
  PodRegistration,
  RouteView,
  StatusView,
} from './dataplane-view.ts';

interface Registrar {
  readonly attachments: PodAttachments;
  readonly ipam: Ipam;
  readonly onChange: () => void;
}

/** Interface name of a pod whose interface the caller has made: the daemon does not look inside. */
const REGISTERED_IFNAME = 'registered';

export class AgentView implements DataplaneView {
  readonly #config: Config;
  readonly #startedMs = Date.now();
  readonly #listeners = new Set<() => void>();
  #state: NodeState | undefined;
  /** All but the pods of this node; made when somebody asks. */
  #others: readonly EndpointView[] | undefined;
  #remotePods: number | undefined;
  readonly #localCache = new WeakMap<LocalPod, readonly EndpointView[]>();
  #routes: readonly RouteView[] = [];
  #nodes: readonly NodeView[] = [];
  #failure: string | undefined;
  #sourceProblems: readonly string[] = [];
  #metricsProblem: string | undefined;
  #datapath: Datapath | undefined;
  #policy: Pick<NodePolicy, 'problems'> | undefined;
  #xdp: StatusView['xdp'] = 'off';
  #xdpProblems: readonly string[] = [];
  #changes = 0;
  #registrar: Registrar | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  /** From here on pods can be registered. */
  serve(registrar: Registrar): void {
    this.#registrar = registrar;
  }

  countChange(): void {
    this.#changes += 1;
  }

  /** A pass is complete. */
  passed(state: NodeState, datapath: Datapath | undefined): void {
    this.#state = state;
    this.#datapath = datapath;
    this.#failure = undefined;
    this.#others = this.#remotePods = undefined;
    this.#routes = state.tables.routes.map(routeView);
    this.#nodes = nodeViews(state);
    this.#noteXdp(datapath);
    this.changed();
  }

  /** Something that the view shows is another, such as the pods of this node. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** A pass could not be completed; what it left undone is tried again. */
  failed(sentence: string): void {
    this.#failure = sentence;
    this.changed();
  }

  /** Why the last pass failed. */
  get failure(): string | undefined {
    return this.#failure;
  }

  setPolicy(policy: Pick<NodePolicy, 'problems'>): void {
    this.#policy = policy;
  }

  setSourceProblems(problems: readonly string[]): void {
    this.#sourceProblems = problems;
  }

  setMetricsProblem(problem: string | undefined): void {
    this.#metricsProblem = problem;
    this.changed();
  }

  /** Pods of this node as they are now, everything else as of the last pass. */
  endpoints(): readonly EndpointView[] {
    const state = this.#state;
    const local = state === undefined ? [] : (this.#registrar?.attachments.localPods ?? []);
    this.#others ??= (state?.tables.endpoints ?? []).filter(isOther).map(endpointView);
    return [...this.#others, ...local.flatMap(pod => this.#localViews(pod, state))];
  }

  routes(): readonly RouteView[] {
    return this.#routes;
  }

  nodes(): readonly NodeView[] {
    return this.#nodes;
  }

  status(): StatusView {
    const failure = this.#failure === undefined ? [] : [this.#failure];
    this.#remotePods ??= countRemotePods(this.#state?.tables.endpoints ?? []);
    return {
      version: VERSION,
      node: this.#config.nodeName,
      uptimeSeconds: Math.floor((Date.now() - this.#startedMs) / 1_000),
      ready: this.#state !== undefined && this.#failure === undefined,
      problems: [
        ...failure,
        ...(this.#policy?.problems ?? []),
        ...this.#sourceProblems,
        ...(this.#state?.problems ?? []),
        ...this.#xdpProblems,
        ...(this.#datapath === undefined ? [] : conntrackProblems(this.#datapath.maps)),
        ...(this.#metricsProblem === undefined ? [] : [this.#metricsProblem]),
      ],
      uplink: this.#state?.uplink.name ?? '',
      xdp: this.#xdp,
      changesApplied: this.#changes,
      localPods: this.#registrar?.ipam.attached.length ?? 0,
      remotePods: this.#remotePods,
      nodes: this.#nodes.length,
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
          mtu: this.#state?.podMtu ?? 0,
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
        throw new DataplaneError('ENDPOINT_MISSING', `no pod is registered for container ${containerId}`);
      onChange();
    });
  }

  /** The same objects for the same pod: whoever watches compares by reference first. */
  #localViews(pod: LocalPod, state: NodeState | undefined): readonly EndpointView[] {
    if (state === undefined) return [];
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
        throw new DataplaneError('NOT_READY', 'heddled has not finished starting');
      resolve(action(this.#registrar));
    });
  }

  #noteXdp(datapath: Datapath | undefined): void {
    if (datapath === undefined) return;
    const { links, xdpRefusals } = datapath.status();
    this.#xdp = links.find(link => link.hook === 'uplink_xdp')?.mode ?? 'off';
    this.#xdpProblems = this.#config.xdp === 'auto' ? [] : [...xdpRefusals.values()];
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
  throw new DataplaneError('ENDPOINT_EXISTS', text);
}
