// Programs attached to devices, and real frames: what test runs cannot show (tunnel keys, reassembly, redirects).
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadObject, readObject } from 'libbpf-ts';
import type { Packet } from '../packet/packet.ts';
import { openCapture, type Capture, type CapturedFrame } from './capture.ts';
import { CLUSTER } from './cluster-given.ts';
import { DEVICE } from './cluster.ts';
import { xdpContext } from './context.ts';
import { createDevices } from './devices.ts';
import { givenWith, type Given } from './given.ts';
import { attachPrograms, type Attachment, type NodePrograms } from './node-programs.ts';
import { objectPath } from './object-path.ts';
import { openOtherNetns } from './other-netns.ts';
import type { Settings } from './table.ts';

export interface Observed {
  /** `hook VERDICT`, once for each packet counted, sorted. */
  readonly verdicts: readonly string[];
  /** IP packets that reached the pods' side or the wire. */
  readonly frames: readonly CapturedFrame[];
}

export interface Live extends Disposable {
  fill(more: Partial<Given>): void;
  /** Hands the packets to a device as if it had received them, and waits for `count` verdicts. */
  receive(ifindex: number, packets: readonly Packet[], count: number): Promise<Observed>;
  /** Waits for `count` verdicts that `act` causes. */
  observe(act: () => void, count: number): Promise<Observed>;
}

const POLL_MS = 2;
const PATIENCE_MS = 2_000;
/** How long to watch for more than was expected. */
const SETTLE_MS = 10;

/** Devices whose receiving end is in the other namespace, and those that frames can be handed to. */
const FAR = { wire: DEVICE.wire, pod: DEVICE.pod + 100, sibling: DEVICE.sibling + 100 } as const;
const NEAR = [DEVICE.uplink, DEVICE.nic2, DEVICE.pod] as const;

/** Needs the namespace of own-netns.ts; the caller disposes of it. */
export async function openLive(attachments: readonly Attachment[], settings?: Settings): Promise<Live> {
  createDevices();
  const netns = await openOtherNetns();
  netns.adopt(Object.keys(FAR));
  const spec = readObject(readFileSync(objectPath('live')));
  const live = loadObject(spec, { name: 'live' });
  const inject = live.program('inject');
  const capture = openCapture(spec, live, { netns: netns.path, ifindexes: Object.values(FAR) });
  const node = attachPrograms(attachments, settings);
  // veth takes live frames only while a native XDP program stands on it.
  const gates = NEAR.map(ifindex => inject.attachXdp({ ifindex, mode: 'native' }));
  const observe = observer(node, capture);
  node.fill(CLUSTER);
  return {
    fill: more => node.fill(givenWith(CLUSTER, more)),
    observe,
    receive: (ifindex, packets, count) =>
      observe(() => {
        for (const data of packets.map(packet => packet.bytes())) {
          inject.testRun({ data, context: xdpContext(data, { ingressIfindex: ifindex }), liveFrames: true });
        }
      }, count),
    [Symbol.dispose]: () => {
      for (const owned of [...gates, node, capture, live, netns]) owned[Symbol.dispose]();
    },
  };
}

function observer({ counters }: NodePrograms, capture: Capture): Live['observe'] {
  return async (act, count) => {
    capture.take();
    counters.take();
    const verdicts: string[] = [];
    const take = (): void => {
      for (const { hook, verdict, packets } of counters.take()) {
        const name = `${hook.replace('HOOK_', '').toLowerCase()} ${verdict}`;
        verdicts.push(...Array.from({ length: packets }, () => name));
      }
    };
    act();
    const deadline = Date.now() + PATIENCE_MS;
    do {
      await sleep(POLL_MS);
      take();
    } while (verdicts.length < count && Date.now() < deadline);
    await sleep(SETTLE_MS);
    take();
    return { verdicts: verdicts.sort(), frames: capture.take() };
  };
}
