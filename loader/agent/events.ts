// The `EventsView` of the agent: reads the event ring, with names from the Dataplane view.
import type { Addr } from 'ip';
import { listLinks, openSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { EventHub } from '../events/event-hub.ts';
import type { EventFilter } from '../events/event-filter.ts';
import type { ChangingNames } from '../events/event-labels.ts';
import { EventQueue } from '../events/event-queue.ts';
import { FlowHistory } from '../events/flow-history.ts';
import { trace, type TraceRequest } from '../events/trace.ts';
import type { TraceReport } from '../events/trace-report.ts';
import { traceNode } from '../events/trace-node.ts';
import type { DataplaneView } from '../api/dataplane-view.ts';
import type { EventsView } from '../api/events-view.ts';

export class AgentEvents implements EventsView {
  readonly #config: Config;
  readonly #view: DataplaneView;
  readonly #hub: EventHub;
  readonly #names: EndpointNames;
  readonly #history: FlowHistory | undefined;

  /** Needs the pinned maps; clears the subscriptions that an earlier daemon left in hd_control. */
  constructor(config: Config, view: DataplaneView) {
    this.#config = config;
    this.#view = view;
    this.#hub = new EventHub(config.pinRoot);
    this.#hub.reset();
    this.#names = new EndpointNames(view);
    const { events } = config.flowHistory;
    this.#history = events === 0 ? undefined : new FlowHistory(events, this.#names);
    if (this.#history !== undefined) this.#hub.listen(this.#history);
  }

  listen(filter: EventFilter, onData: () => void): ReturnType<EventsView['listen']> {
    const queue = new EventQueue(filter, this.#names);
    return { queue, unsubscribe: queue.attach(this.#hub, onData) };
  }

  history(): FlowHistory | undefined {
    return this.#history;
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

class EndpointNames implements ChangingNames {
  readonly #view: DataplaneView;
  #devices: ReadonlyMap<number, string> = new Map();
  #version = 0;

  constructor(view: DataplaneView) {
    this.#view = view;
    view.onChange(() => this.#version++);
  }

  refresh(): number {
    return this.#version;
  }

  pod(address: Addr): string | undefined {
    const pod = this.#view.endpoint(address)?.pod;
    return pod === undefined ? undefined : `${pod.namespace}/${pod.name}`;
  }

  node(address: Addr): string | undefined {
    const endpoint = this.#view.endpoint(address);
    return endpoint?.kind === 'local-host' || endpoint?.kind === 'remote-node' ? endpoint.node : undefined;
  }

  device(ifindex: number): string | undefined {
    if (!this.#devices.has(ifindex)) this.#devices = readDevices();
    return this.#devices.get(ifindex);
  }
}

function readDevices(): ReadonlyMap<number, string> {
  using socket = openSocket();
  return new Map(listLinks(socket).map(link => [link.index, link.name]));
}
