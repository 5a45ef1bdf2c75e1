// The `DataplaneView` of the agent: the tables that the reconcilers wrote last, and the current local pods.
import type { Addr } from 'ip';
import type { Config } from '../config.ts';
import { HeddleError } from '../errors.ts';
import { sameRegistration } from './same-registration.ts';
import { conntrackProblems } from '../tables/conntrack-usage.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { LocalPod } from '../model/tables-input.ts';
import type { EndpointRow } from '../model/table-rows.ts';
import { localEndpointRow } from '../model/endpoint-row.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import { isRebuilt } from '../pods/host-interface.ts';
import type { PodAttachments } from '../pods/pod-attachments.ts';
import type { NodeReconcilers } from '../reconcilers/node-reconcilers.ts';
import type { NodeState } from '../reconcilers/node-state.ts';
import { VERSION } from '../version.ts';
import type { AppliedPolicies } from '../sources/applied/applied-policies.ts';
import { sentenceOf } from './conditions.ts';
import {
  countRemotePods,
  endpointView,
  localEndpointView,
  nodeViews,
  routeView,
  watchView,
} from './snapshot.ts';
import type {
  DataplaneView,
  EndpointView,
  NodeView,
  PodRegistration,
  RouteView,
  StatusView,
  UnmetCondition,
} from '../api/dataplane-view.ts';

interface Registrar {
  readonly attachments: PodAttachments;
  readonly ipam: Ipam;
  readonly onChange: () => void;
}

export interface ViewSources {
  readonly reconcilers: Pick<NodeReconcilers, 'cells' | 'localPods' | 'runner'>;
  readonly policy: Pick<NodePolicy, 'problems'>;
  readonly source: Pick<AppliedPolicies, 'watches' | 'counts'>;
  readonly unmet: () => readonly UnmetCondition[];
  readonly sourceProblems: () => readonly string[];
}

/** `ifname` of a registered pod: the daemon does not know its interface inside the pod. */
const REGISTERED_IFNAME = 'registered';

export class AgentView implements DataplaneView {
  readonly #config: Config;
  readonly #startedMs = performance.now();
  readonly #listeners = new Set<() => void>();
  readonly #sources: ViewSources;
  readonly #localCache = new WeakMap<LocalPod, readonly EndpointView[]>();
  /** The state from which the caches below were computed. */
  #state: NodeState | undefined;
  /** All endpoints except local pods. */
  #nonLocal: readonly EndpointView[] | undefined;
  #remotePods: number | undefined;
  #routes: readonly RouteView[] | undefined;
  #nodes: readonly NodeView[] | undefined;
  #metricsProblem: string | undefined;
  #deleteProblems: readonly string[] = [];
  #changes = 0;
  #registrar: Registrar | undefined;

  constructor(config: Config, sources: ViewSources) {
    this.#config = config;
    this.#sources = sources;
  }

  /** Enables registration. */
  serve(registrar: Registrar): void {
    this.#registrar = registrar;
  }

  countChange(): void {
    this.#changes += 1;
  }

  /** Notifies the listeners. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  setMetricsProblem(problem: string | undefined): void {
    this.#metricsProblem = problem;
    this.changed();
  }

  /** Of deletes that came while the daemon was away. */
  setDeleteProblems(problems: readonly string[]): void {
    if (problems.length === 0 && this.#deleteProblems.length === 0) return;
    this.#deleteProblems = problems;
    this.changed();
  }

  /** Local pods as of now; all other endpoints as last written to the maps. */
  endpoints(): readonly EndpointView[] {
    const state = this.#current();
    if (state === undefined) return [];
    this.#nonLocal ??= [...state.tables.endpoints.values()].filter(isNonLocal).map(endpointView);
    const local = this.#sources.reconcilers.localPods.all;
    return [...this.#nonLocal, ...local.flatMap(pod => this.#localViews(pod, state))];
  }

  endpoint(address: Addr): EndpointView | undefined {
    const state = this.#current();
    if (state === undefined) return undefined;
    const row = state.tables.endpoints.get(address);
    if (row !== undefined && isNonLocal(row)) return endpointView(row);
    const local = this.#sources.reconcilers.localPods.all.find(({ attachment }) =>
      attachment.addresses.includes(address),
    );
    return local && this.#localViews(local, state).find(one => one.address === address);
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

  /** Of neither reconcilers nor the source, which log their own. */
  get ownProblems(): readonly string[] {
    const programs = this.#sources.reconcilers.cells.programs.value;
    return [
      ...this.#sources.policy.problems,
      ...(programs === undefined ? [] : conntrackProblems(programs.maps)),
      ...(this.#metricsProblem === undefined ? [] : [this.#metricsProblem]),
    ];
  }

  status(): StatusView {
    const { cells, runner } = this.#sources.reconcilers;
    const state = this.#current();
    this.#remotePods ??= countRemotePods(state?.tables.endpoints.values() ?? []);
    const programs = cells.programs.value;
    const unmet = this.#sources.unmet();
    return {
      version: VERSION,
      node: this.#config.nodeName,
      uptimeSeconds: Math.floor((performance.now() - this.#startedMs) / 1_000),
      ready: unmet.length === 0,
      unmet,
      // A failing reconciler is both.
      problems: [
        ...new Set([
          ...unmet.map(sentenceOf),
          ...runner.problems,
          ...this.#sources.sourceProblems(),
          ...this.#deleteProblems,
          ...this.ownProblems,
        ]),
      ],
      uplink: cells.uplinks.value?.map(({ name }) => name).join(', ') ?? '',
      xdp: programs?.status().links.find(link => link.hook === 'uplink_xdp')?.mode ?? 'off',
      changesApplied: this.#changes,
      localPods: this.#registrar?.ipam.attached.length ?? 0,
      rebuiltPods: this.#registrar?.ipam.attached.filter(isRebuilt).length ?? 0,
      remotePods: this.#remotePods,
      nodes: this.nodes().length,
      reconcilers: runner.status(),
      watches: this.#sources.source.watches().map(watchView),
      ...this.#sources.source.counts(),
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Rejects with `INVALID_REQUEST` when the interface does not exist. */
  async registerPod(registration: PodRegistration): Promise<readonly Addr[]> {
    await this.#registrar?.attachments.whenReady(registration);
    return this.#withRegistrar(({ attachments, ipam, onChange }) => {
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
    return this.#withRegistrar(({ attachments, onChange }) => {
      if (!attachments.unregister({ containerId, ifname: REGISTERED_IFNAME }))
        throw new HeddleError('ENDPOINT_MISSING', `no pod is registered for container ${containerId}`);
      onChange();
    });
  }

  /** Cached by pod: watches compare by reference first. */
  #localViews(pod: LocalPod, state: NodeState): readonly EndpointView[] {
    const known = this.#localCache.get(pod);
    if (known !== undefined) return known;
    const views = pod.attachment.addresses.map(addr =>
      localEndpointView(localEndpointRow(state.input, pod, addr), pod),
    );
    this.#localCache.set(pod, views);
    return views;
  }

  #withRegistrar<T>(action: (registrar: Registrar) => T): Promise<T> {
    return new Promise(resolve => {
      if (this.#registrar === undefined)
        throw new HeddleError('NOT_READY', 'heddled has not finished starting');
      resolve(action(this.#registrar));
    });
  }

  /** The latest state; drops the caches of an earlier one. */
  #current(): NodeState | undefined {
    const state = this.#sources.reconcilers.cells.state.value;
    if (state !== this.#state) this.#nonLocal = this.#remotePods = this.#routes = this.#nodes = undefined;
    this.#state = state;
    return state;
  }
}

function isNonLocal({ value }: EndpointRow): boolean {
  return value.kind !== 'ENDPOINT_LOCAL_POD';
}
