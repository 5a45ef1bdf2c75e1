// Small datagrams from one pod to another, as fast as one CPU makes and forwards them.
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadObject, readObject, type BpfMap, type Link, type LoadedObject } from 'libbpf-ts';
import { builtFile } from '../../../lab/installation.ts';
import { xdpContext } from '../../support/bpf/context.ts';
import { eth } from '../../support/packet/packet.ts';
import { deviceIn, otherEndIn } from './devices.ts';
import type { PodEnd } from './pod-network.ts';

export type FloodEnd = PodEnd;

export interface FloodRun {
  readonly packets: number;
  readonly destinationPort: number;
  /** Each packet has the next one, round and round. */
  readonly sourcePorts: { readonly first: number; readonly count: number };
}

export interface Flooded {
  readonly arrived: number;
  readonly perSecond: number;
}

const DEVICE = 'eth0';
/** 64 bytes on a wire. */
const PAYLOAD = 'eighteen bytes ..!';
/** After each batch the same CPU carries its packets all the way, if they are few: only then does it send more. */
const BATCH = 16;
const SETTLE_MS = 20;

interface Source {
  readonly frame: Uint8Array;
  readonly firstPort: number;
  readonly ports: number;
  readonly sent: number;
}

export class Flood implements Disposable {
  readonly #from: FloodEnd;
  readonly #to: FloodEnd;
  readonly #object: LoadedObject;
  readonly #sink: Link;

  constructor(from: FloodEnd, to: FloodEnd) {
    this.#from = from;
    this.#to = to;
    this.#object = loadObject(readObject(readFileSync(builtFile('test/bpf/flood.bpf.o'))), { name: 'flood' });
    const { ifindex } = deviceIn(to.netns, DEVICE);
    this.#sink = this.#object.program('sink').attachTcx({ ifindex, direction: 'ingress', netns: to.netns });
    takeFrames(from);
  }

  /** Counts what has arrived by the time that all is sent. */
  async run(run: FloodRun): Promise<Flooded> {
    const data = this.#frame(run);
    const { first, count } = run.sourcePorts;
    this.#source.set(0, { frame: new Uint8Array(data), firstPort: first, ports: count, sent: 0 });
    const { ifindex } = deviceIn(this.#from.netns, DEVICE);
    const context = xdpContext(data, { ingressIfindex: ifindex });
    const before = this.#arrived();
    const start = performance.now();
    this.#object.program('flood').testRun({
      ...{ data, context, liveFrames: true, repeat: run.packets, batchSize: BATCH },
      netns: this.#from.netns,
    });
    const seconds = (performance.now() - start) / 1_000;
    const arrived = this.#arrived() - before;
    await sleep(SETTLE_MS);
    return { arrived, perSecond: arrived / seconds };
  }

  [Symbol.dispose](): void {
    this.#sink[Symbol.dispose]();
    this.#object[Symbol.dispose]();
  }

  #frame({ sourcePorts, destinationPort }: FloodRun): Buffer {
    return eth(deviceIn(this.#from.netns, DEVICE).mac, this.#from.gatewayMac)
      .ip(this.#from.address, this.#to.address)
      .udp(sourcePorts.first, destinationPort, PAYLOAD, { checksum: 0 })
      .bytes();
  }

  #arrived(): number {
    const counts = this.#object.map('arrived').get(0) as readonly bigint[];
    return counts.reduce((sum, count) => sum + Number(count), 0);
  }

  get #source(): BpfMap<number, Source> {
    return this.#object.map('source') as BpfMap<number, Source>;
  }
}

/** A veth takes frames of XDP's only where its receiving end polls; receiving in batches, as a NIC does, is such a way. */
function takeFrames({ netns, nodeNetns }: FloodEnd): void {
  const { name } = otherEndIn(nodeNetns, deviceIn(netns, DEVICE));
  execFileSync('nsenter', [`--net=${nodeNetns}`, 'ethtool', '-K', name, 'gro', 'on'], { stdio: 'pipe' });
}
