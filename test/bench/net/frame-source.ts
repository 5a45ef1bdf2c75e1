// One frame of 60 bytes, over and over, out of a veth: below every socket, as fast as one CPU makes them.
import { readFileSync } from 'node:fs';
import { loadObject, readObject, type BpfMap, type LoadedObject } from 'libbpf-ts';
import { builtFile } from '../../../lab/installation.ts';
import { xdpContext } from '../../support/bpf/context.ts';
import { deviceIn } from './devices.ts';

/** After each batch the same CPU carries its packets all the way, if they are few: only then does it send more. */
const BATCH = 16;

interface Source {
  readonly frame: Uint8Array;
  readonly firstPort: number;
  readonly ports: number;
  readonly sent: number;
}

export interface FrameRun {
  readonly frame: Buffer;
  readonly packets: number;
  /** UDP source ports: each packet has the next one, round and round. */
  readonly sourcePorts: { readonly first: number; readonly count: number };
}

export class FrameSource implements Disposable {
  readonly #netns: string;
  readonly #ifindex: number;
  readonly #object: LoadedObject;

  /** Frames leave by that device of that namespace. */
  constructor(netns: string, device: string) {
    this.#netns = netns;
    this.#ifindex = deviceIn(netns, device).ifindex;
    this.#object = loadObject(readObject(readFileSync(builtFile('test/bpf/flood.bpf.o'))), {
      name: 'flood',
    });
  }

  /** Seconds that it took. */
  send({ frame, packets, sourcePorts: { first, count } }: FrameRun): number {
    const source = this.#object.map('source') as BpfMap<number, Source>;
    source.set(0, { frame: new Uint8Array(frame), firstPort: first, ports: count, sent: 0 });
    const context = xdpContext(frame, { ingressIfindex: this.#ifindex });
    const start = performance.now();
    this.#object.program('flood').testRun({
      ...{ data: frame, context, liveFrames: true, repeat: packets, batchSize: BATCH },
      netns: this.#netns,
    });
    return (performance.now() - start) / 1_000;
  }

  [Symbol.dispose](): void {
    this.#object[Symbol.dispose]();
  }
}
