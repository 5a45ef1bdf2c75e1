// Small datagrams from one pod to another, as fast as one CPU makes and forwards them.
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadObject, readObject, type Link, type LoadedObject } from 'libbpf-ts';
import { builtFile } from '../../../lab/installation.ts';
import { eth } from '../../support/packet/packet.ts';
import { deviceIn, otherEndIn } from './devices.ts';
import { FrameSource } from './frame-source.ts';
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
const SETTLE_MS = 20;

export class Flood implements Disposable {
  readonly #from: FloodEnd;
  readonly #to: FloodEnd;
  readonly #frames: FrameSource;
  readonly #object: LoadedObject;
  readonly #sink: Link;

  constructor(from: FloodEnd, to: FloodEnd) {
    this.#from = from;
    this.#to = to;
    this.#object = loadObject(readObject(readFileSync(builtFile('test/bpf/flood.bpf.o'))), { name: 'flood' });
    const { ifindex } = deviceIn(to.netns, DEVICE);
    this.#sink = this.#object.program('sink').attachTcx({ ifindex, direction: 'ingress', netns: to.netns });
    takeFrames(from);
    this.#frames = new FrameSource(from.netns, DEVICE);
  }

  /** Counts what has arrived by the time that all is sent. */
  async run(run: FloodRun): Promise<Flooded> {
    const { packets, sourcePorts } = run;
    const before = this.#arrived();
    const seconds = this.#frames.send({ frame: this.#frame(run), packets, sourcePorts });
    const arrived = this.#arrived() - before;
    await sleep(SETTLE_MS);
    return { arrived, perSecond: arrived / seconds };
  }

  [Symbol.dispose](): void {
    this.#sink[Symbol.dispose]();
    this.#frames[Symbol.dispose]();
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
}

/** A veth takes frames of XDP's only where its receiving end polls; receiving in batches, as a NIC does, is such a way. */
export function takeFrames({ netns, nodeNetns }: FloodEnd): void {
  const { name } = otherEndIn(nodeNetns, deviceIn(netns, DEVICE));
  execFileSync('nsenter', [`--net=${nodeNetns}`, 'ethtool', '-K', name, 'gro', 'on'], { stdio: 'pipe' });
}
