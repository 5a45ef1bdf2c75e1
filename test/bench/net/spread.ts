// Small datagrams from one pod to many addresses, counted as they cross to the other node.
import { readFileSync } from 'node:fs';
import { loadObject, readObject, type BpfMap, type Link, type LoadedObject } from 'libbpf-ts';
import { builtFile } from '../../../lab/installation.ts';
import { xdpContext } from '../../support/bpf/context.ts';
import { eth } from '../../support/packet/packet.ts';
import { deviceIn } from './devices.ts';
import { takeFrames } from './flood.ts';
import type { PodEnd } from './pod-network.ts';

export interface SpreadPath {
  readonly from: PodEnd;
  /** IPv4; each is a flow of its own, also if it comes again. */
  readonly destinations: readonly string[];
  /** Switch between the nodes: what leaves by that device is counted, and ends there. */
  readonly fabricNetns: string;
  readonly port: string;
}

const DEVICE = 'eth0';
const PAYLOAD = 'eighteen bytes ..!';
const FIRST_PORT = 10_000;
const DESTINATION_PORT = 7_000;
const BATCH = 16;

interface Source {
  readonly frame: Uint8Array;
  readonly firstPort: number;
  readonly flows: number;
  readonly sent: number;
}

export class Spread implements Disposable {
  readonly #path: SpreadPath;
  readonly #source: LoadedObject;
  readonly #counting: LoadedObject;
  readonly #sink: Link;

  constructor(path: SpreadPath) {
    this.#path = path;
    this.#source = load('spread');
    this.#counting = load('flood');
    const { fabricNetns: netns, port } = path;
    const target = { ifindex: deviceIn(netns, port).ifindex, direction: 'egress', netns } as const;
    this.#sink = this.#counting.program('sink').attachTcx(target);
    const destinations = this.#source.map('destinations') as BpfMap<number, number>;
    for (const [flow, address] of path.destinations.entries()) destinations.set(flow, ipv4Number(address));
    takeFrames(path.from);
  }

  /** Packets per second that have crossed; throws if some are lost. */
  run(packets: number): number {
    const { from, destinations } = this.#path;
    const data = this.#frame();
    const source = this.#source.map('source') as BpfMap<number, Source>;
    const flows = destinations.length;
    source.set(0, { frame: new Uint8Array(data), firstPort: FIRST_PORT, flows, sent: 0 });
    const { ifindex } = deviceIn(from.netns, DEVICE);
    const context = xdpContext(data, { ingressIfindex: ifindex });
    const before = this.#crossed();
    const start = performance.now();
    const run = { data, context, liveFrames: true, repeat: packets, batchSize: BATCH };
    this.#source.program('spread').testRun({ ...run, netns: from.netns });
    const seconds = (performance.now() - start) / 1_000;
    const crossed = this.#crossed() - before;
    if (crossed < packets * 0.98) throw new Error(`of ${packets} packets only ${crossed} have crossed`);
    return crossed / seconds;
  }

  [Symbol.dispose](): void {
    for (const owned of [this.#sink, this.#counting, this.#source]) owned[Symbol.dispose]();
  }

  #frame(): Buffer {
    const { from } = this.#path;
    return eth(deviceIn(from.netns, DEVICE).mac, from.gatewayMac)
      .ip(from.address, '0.0.0.0')
      .udp(FIRST_PORT, DESTINATION_PORT, PAYLOAD, { checksum: 0 })
      .bytes();
  }

  #crossed(): number {
    const counts = this.#counting.map('arrived').get(0) as readonly bigint[];
    return counts.reduce((sum, count) => sum + Number(count), 0);
  }
}

function load(name: string): LoadedObject {
  return loadObject(readObject(readFileSync(builtFile(`test/bpf/${name}.bpf.o`))), { name });
}

function ipv4Number(address: string): number {
  return Buffer.from(address.split('.').map(Number)).readUInt32BE();
}
