// The Events service's view of the agent: its own ring, and names as the Dataplane service has them.
import type { Addr } from 'ip';
import { listLinks, openSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { EventHub } from '../events/event-hub.ts';
import { EventQueue, type EventFilter } from '../events/event-queue.ts';
import type { EventNames } from '../events/packet-event.ts';
import { trace, type TraceRequest } from '../events/trace.ts';
import type { TraceReport } from '../events/trace-report.ts';
import { traceNode } from '../events/trace-node.ts';
import type { DataplaneView, EndpointView } from '../api/dataplane-view.ts';
import type { EventsView } from '../api/events-view.ts';

export class AgentEvents implements EventsView {
  readonly #config: Config;
  readonly #view: DataplaneView;
  readonly #hub: EventHub;
  readonly #names: EndpointNames;

  /** Needs the pinned maps: takes back what an earlier daemon has left asked for. */
  constructor(config: Config, view: DataplaneView) {
    this.#config = config;
    this.#view = view;
    this.#hub = new EventHub(config.pinRoot);
    this.#hub.reset();
    this.#names = new EndpointNames(view);
  }

  listen(wish: EventFilter, onData: () => void): ReturnType<EventsView['listen']> {
    const queue = new EventQueue(wish, this.#names);
    return { queue, leave: queue.attach(this.#hub, onData) };
  }

  trace(request: TraceRequest): TraceReport {
    return trace(this.#hub, traceNode(this.#config), request);
  }

  nodeName(id: number): string | undefined {
    return this.#view.nodes().find(node => node.id === id)?.name;
  }

  [Symbol.dispose](): void {
    this.#hub[Symbol.dispose]();
  }
}

/** Gathered when first asked after a change: there may be 100,000 endpoints, and nobody who listens. */
class EndpointNames implements EventNames {
  readonly #view: DataplaneView;
  #byAddress: ReadonlyMap<Addr, EndpointView> | undefined;
  #devices: ReadonlyMap<number, string> = new Map();

  constructor(view: DataplaneView) {
    this.#view = view;
    view.onChange(() => (this.#byAddress = undefined));
  }

  pod(address: Addr): string | undefined {
    const pod = this.#endpoint(address)?.pod;
    return pod === undefined ? undefined : `${pod.namespace}/${pod.name}`;
  }

  node(address: Addr): string | undefined {
    const endpoint = this.#endpoint(address);
    return endpoint?.kind === 'local-host' || endpoint?.kind === 'remote-node' ? endpoint.node : undefined;
  }

  device(ifindex: number): string | undefined {
    if (!this.#devices.has(ifindex)) this.#devices = readDevices();
    return this.#devices.get(ifindex);
  }

  #endpoint(address: Addr): EndpointView | undefined {
    this.#byAddress ??= new Map(this.#view.endpoints().map(endpoint => [endpoint.address, endpoint]));
    return this.#byAddress.get(address);
  }
}

function readDevices(): ReadonlyMap<number, string> {
  using socket = openSocket();
  return new Map(listLinks(socket).map(link => [link.index, link.name]));
}
