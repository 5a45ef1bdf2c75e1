// A dataplane view whose contents a test sets.
import { type Addr, parseAddr, parseCidr, parseMac } from 'ip';
import { HeddleError } from '../../../loader/errors.ts';
import type {
  DataplaneView,
  EndpointView,
  NodeView,
  PodRegistration,
  RouteView,
  StatusView,
  UnmetCondition,
} from '../../../loader/api/dataplane-view.ts';

export const UNMET: UnmetCondition = {
  ...{ name: 'pod-cidr', reason: 'node node-a has no pod CIDR yet', cure: 'its Node object must name one' },
  limitsRunningPods: false,
};

export class MemoryView implements DataplaneView {
  readonly registered = new Map<string, PodRegistration>();
  #endpoints: readonly EndpointView[] = [];
  #routes: readonly RouteView[] = [];
  #nodes: readonly NodeView[] = [];
  #ready = true;
  readonly #listeners = new Set<() => void>();

  endpoints(): readonly EndpointView[] {
    return this.#endpoints;
  }

  endpoint(address: Addr): EndpointView | undefined {
    return this.#endpoints.find(one => one.address === address);
  }

  routes(): readonly RouteView[] {
    return this.#routes;
  }

  nodes(): readonly NodeView[] {
    return this.#nodes;
  }

  status(): StatusView {
    return {
      version: '0.1.0',
      node: 'node-a',
      uptimeSeconds: 12.7,
      ready: this.#ready,
      problems: this.#ready ? [] : ['the first reconcile has not completed'],
      unmet: this.#ready ? [] : [UNMET],
      uplink: 'eth0',
      xdp: 'off',
      changesApplied: 5_000_000_000,
      localPods: 1,
      rebuiltPods: 0,
      remotePods: 2,
      nodes: 3,
      reconcilers: [
        { name: 'uplinks', state: 'ok', problems: [], failures: 1, lastSuccessAgeSeconds: 2.5 },
        { name: 'tables', state: 'waiting', waitsFor: 'uplinks', problems: [], failures: 0 },
      ],
      watches: [
        { name: 'pods', confirmedAgeSeconds: 3.5, silent: false },
        { name: 'nodes', silent: false },
      ],
      ...{ policies: 4, appliedPolicies: 1, unconfirmed: { policies: 2, rollbackInSeconds: 41.5 } },
    };
  }

  set(change: {
    readonly endpoints?: readonly EndpointView[];
    readonly routes?: readonly RouteView[];
    readonly nodes?: readonly NodeView[];
    readonly ready?: boolean;
  }): void {
    this.#endpoints = change.endpoints ?? this.#endpoints;
    this.#routes = change.routes ?? this.#routes;
    this.#nodes = change.nodes ?? this.#nodes;
    this.#ready = change.ready ?? this.#ready;
    for (const listener of this.#listeners) listener();
  }

  /** How many watches there are. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  registerPod(registration: PodRegistration): Promise<readonly Addr[]> {
    if (this.registered.has(registration.containerId))
      return Promise.reject(
        new HeddleError('ENDPOINT_EXISTS', `${registration.containerId} is registered otherwise`),
      );
    this.registered.set(registration.containerId, registration);
    return Promise.resolve(registration.addresses);
  }

  unregisterPod(containerId: string): Promise<void> {
    if (this.registered.delete(containerId)) return Promise.resolve();
    return Promise.reject(new HeddleError('ENDPOINT_MISSING', `there is no container ${containerId}`));
  }
}

export function localPod(address: string, name: string): EndpointView {
  return {
    address: parseAddr(address),
    kind: 'local-pod',
    vni: 1,
    node: 'node-a',
    pod: { namespace: 'default', name },
    local: { ifindex: 7, hostInterface: 'hd0123', mac: parseMac('02:00:00:00:01:0a'), containerId: 'abc' },
  };
}

export function remotePod(address: string, name: string): EndpointView {
  const pod = { namespace: 'default', name };
  return { address: parseAddr(address), kind: 'remote-pod', vni: 1, node: 'node-b', pod };
}

export const ROUTE: RouteView = {
  prefix: parseCidr('10.2.0.0/24'),
  kind: 'overlay',
  vni: 1,
  node: 'node-b',
  tunnel: parseAddr('192.0.2.2'),
  mtu: 1450,
  replyOnly: false,
};

export const NODE: NodeView = {
  name: 'node-b',
  id: 2,
  addresses: [parseAddr('192.0.2.2'), parseAddr('2001:db8::2')],
  podCidrs: [parseCidr('10.2.0.0/24')],
  local: false,
  tunnelAddress: parseAddr('192.0.2.2'),
};
