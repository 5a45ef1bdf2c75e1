// A cluster of machines that plays one world after the other.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseAddr } from 'ip';
import { IPPROTO } from './protocols.ts';
import type { NodeObject, PodKey } from '../../../loader/model/objects.ts';
import { PolicyWriter } from '../../../loader/policy-writer/policy-writer.ts';
import { syncTunnelEnds } from '../../../loader/reconcilers/tunnel-ends.ts';
import { endsOf, type Ends } from '../../support/policy/query-ends.ts';
import type { Query, World } from '../../support/policy/world.ts';
import type { Answer } from '../level.ts';
import { nodesOf } from '../nodes.ts';
import { policyInput, readWorld, Slots, type ReadWorld } from '../policy-input.ts';
import { clearFlows } from './clear-maps.ts';
import type { Conversation } from './frames.ts';
import { travel, type Arrival, type Net } from './journey.ts';
import { VNI, type Machine } from './machine.ts';
import type { Machines } from './machines.ts';
import { machineOf, tablesOf, withOverlayCidrs, writeTables, type NodeView } from './node-tables.ts';
import { admissionText } from './reasons.ts';

export type Encapsulation = NodeView['encapsulation'];

/** Every query has a source port of its own, until these are used up. */
const SOURCE_PORTS = { first: 10_000, last: 60_000 } as const;

export class Cluster {
  readonly #machines: Machines;
  readonly #encapsulation: Encapsulation;
  readonly #byNode = new Map<string, Machine>();
  readonly #writers = new Map<string, PolicyWriter>();
  readonly #podIds = new Slots();
  #world: World;
  #net: Net;
  #sourcePort: number = SOURCE_PORTS.first;

  constructor(machines: Machines, world: World, encapsulation: Encapsulation) {
    this.#machines = machines;
    this.#encapsulation = encapsulation;
    this.#world = world;
    this.#net = this.#netOf(world);
    this.#put(world);
  }

  /** Once it returns, the kernel has forgotten what was before. */
  async apply(next: World): Promise<void> {
    this.#put(next);
    await nextTurn();
  }

  #put(next: World): void {
    const read = readWorld(next);
    this.#world = next;
    this.#podIds.update(next);
    for (const node of read.nodes.keys())
      if (!this.#byNode.has(node)) this.#byNode.set(node, this.#machines.take());
    this.#net = this.#netOf(next);
    const known = {
      ...read,
      nodes: new Map([...read.nodes].map(([name, node]) => [name, this.#placed(node)])),
    };
    for (const node of read.nodes.keys()) this.#applyAt(node, known);
  }

  ask(query: Query): Answer {
    const ends = endsOf(this.#world, query);
    const talk = { protocol: query.protocol, port: query.port, sourcePort: this.#nextSourcePort() };
    const request = travel(this.#net, { ...ends, talk, isAnswer: false });
    const admissions = this.#admissions(ends, talk);
    if (!request.arrived)
      return { allowed: false, why: [...admissions, request.why].join(', '), ...faultOf(request) };
    const { masqueradedBy } = request;
    const answer = travel(this.#net, { from: ends.to, to: ends.from, talk, isAnswer: true, masqueradedBy });
    if (answer.arrived)
      return { allowed: true, why: admissions.length === 0 ? 'nobody is asked' : admissions.join(', ') };
    const why = `the request arrives, its answer does not: ${answer.why}`;
    return { allowed: false, why, isFault: true }; // whoever is not admitted must not even be heard
  }

  /** Gives its machines back. */
  close(): void {
    for (const writer of this.#writers.values()) writer[Symbol.dispose]();
    this.#writers.clear();
    for (const machine of this.#byNode.values()) this.#machines.giveBack(machine);
    this.#byNode.clear();
  }

  #placed(node: NodeObject): NodeObject {
    return withOverlayCidrs(node, machineOf(this.#byNode, node.name).number);
  }

  #applyAt(name: string, read: ReadWorld): void {
    const machine = machineOf(this.#byNode, name);
    const podIds = podIdsOf(this.#podIds, name);
    const view = { world: this.#world, read, name, machines: this.#byNode, podIds };
    const tables = tablesOf({ ...view, encapsulation: this.#encapsulation });
    const writer = this.#writers.get(name) ?? newWriter();
    this.#writers.set(name, writer);
    writer.sync(machine.maps, policyInput(this.#world, read, { node: name, podIds }), 'incremental');
    writeTables(machine, tables, writer);
    const self = read.nodes.get(name);
    if (self !== undefined) syncTunnelEnds(machine.maps.hd_control, self);
  }

  #netOf(world: World): Net {
    const nodes = nodesOf(world);
    return {
      machines: this.#byNode,
      podIds: new Map(nodes.flatMap(({ name }) => [...podIdsOf(this.#podIds, name)])),
      addresses: new Map(nodes.map(({ name, addresses }) => [name, addresses])),
      isOverlay: this.#encapsulation === 'always',
    };
  }

  #nextSourcePort(): number {
    if (this.#sourcePort > SOURCE_PORTS.last) {
      for (const { maps } of this.#byNode.values()) clearFlows(maps);
      this.#sourcePort = SOURCE_PORTS.first;
    }
    return this.#sourcePort++;
  }

  /** As far as its flow has been admitted, by the rules that its entries remember. */
  #admissions({ from, to }: Ends, { protocol, sourcePort, port }: Conversation): readonly string[] {
    const flow = {
      vni: VNI,
      protocol: IPPROTO[protocol],
      source: parseAddr(from.address),
      destination: parseAddr(to.address),
      sourcePort,
      destinationPort: port,
    };
    const isOwnNode = to.pod !== undefined && to.pod.node === from.node;
    const asked = [
      from.pod && admissionText(machineOf(this.#byNode, from.pod.node).maps, flow, 'egress'),
      to.pod && !isOwnNode
        ? admissionText(machineOf(this.#byNode, to.pod.node).maps, flow, 'ingress')
        : undefined,
    ];
    return asked.filter(text => text !== undefined);
  }
}

function faultOf({ isFault }: Arrival): { isFault?: true } {
  return isFault === true ? { isFault } : {};
}

/** Test runs are over when they return, so no packet is ever on its way. */
function newWriter(): PolicyWriter {
  return new PolicyWriter({
    vni: VNI,
    onChange: () => undefined,
    onFailure: error => {
      throw error;
    },
    gracePeriod: () => Promise.resolve(),
  });
}

/** From 1: in the kernel's tables 0 is no pod. */
function podIdsOf(podIds: Slots, node: string): ReadonlyMap<PodKey, number> {
  return new Map([...podIds.of(node)].map(([key, podId]) => [key, podId + 1]));
}
