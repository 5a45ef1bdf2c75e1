// Programs attached to devices, and real frames: what test runs cannot show (tunnel keys, reassembly, redirects).
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadObject, readObject, type Link, type Program } from 'libbpf-ts';
import type { Packet } from '../packet/packet.ts';
import { openCapture, type Capture, type CapturedFrame } from './capture.ts';
import { CLUSTER } from './cluster-given.ts';
import { DEVICE, FAR_OFFSET } from './cluster.ts';
import { xdpContext } from './context.ts';
import type { Counted } from './counters.ts';
import { createDevices } from './devices.ts';
import { givenWith, type Given } from './given.ts';
import { attachPrograms, type Attachment, type NodePrograms } from './node-programs.ts';
import { objectPath } from './object-path.ts';
import { openOtherNetns } from './other-netns.ts';
import type { Constants } from './table.ts';
import { trackedFlows } from './tracked.ts';

export interface Observed {
  /** `hook VERDICT`, once for each packet counted, sorted. */
  readonly verdicts: readonly string[];
  /** IP packets that reached the pods' side or the wire. */
  readonly frames: readonly CapturedFrame[];
}

export interface LiveOptions {
  readonly constants?: Constants;
  /** `send` does not work then, but a packet of the far ends' own stack keeps all that its skb knows. */
  readonly closed?: boolean;
}

export interface Live extends Disposable {
  /** Path of the far ends' namespace. */
  readonly farNetns: string;
  fill(more: Partial<Given>): void;
  /** As `trackedFlows` shows them. */
  tracked(): readonly string[];
  /** Sends the packets from a far device, and waits for so many verdicts, and frames if given. */
  send(
    from: keyof typeof FAR,
    packets: readonly Packet[],
    verdicts: number,
    frames?: number,
  ): Promise<Observed>;
  /** Waits for so many verdicts and frames that `act` causes. */
  observe(act: () => void, verdicts: number, frames?: number): Promise<Observed>;
}

const POLL_MS = 2;
const PATIENCE_MS = 30_000;
/** How long to watch for more than was expected. */
const SETTLE_MS = 10;

/** The far ends, in the other namespace: the pods', and those of the node's two wires. */
export const FAR = {
  wire: DEVICE.wire,
  wire2: DEVICE.wire2,
  pod: DEVICE.pod + FAR_OFFSET,
  sibling: DEVICE.sibling + FAR_OFFSET,
} as const;
const NEAR = [DEVICE.uplink, DEVICE.nic2, DEVICE.pod, DEVICE.sibling] as const;

/** Needs the namespace of own-netns.ts; the caller disposes of it. */
export async function openLive(attachments: readonly Attachment[], options: LiveOptions = {}): Promise<Live> {
  createDevices();
  const netns = await openOtherNetns();
  netns.adopt(Object.keys(FAR));
  const spec = readObject(readFileSync(objectPath('live')));
  const live = loadObject(spec, { name: 'live' });
  const capture = openCapture(spec, live, { netns: netns.path, ifindexes: Object.values(FAR) });
  const gates = options.closed ? [] : openGates(live.program('gate'), netns.path, attachments);
  const node = attachPrograms(attachments, options.constants);
  const observe = observer(node, capture);
  node.fill(CLUSTER);
  return {
    farNetns: netns.path,
    fill: more => node.fill(givenWith(CLUSTER, more)),
    tracked: () => trackedFlows(node),
    observe,
    send: (from, packets, verdicts, frames) => {
      const act = (): void => {
        for (const data of packets.map(packet => packet.bytes())) {
          const context = xdpContext(data, { ingressIfindex: FAR[from] });
          live.program('transmit').testRun({ data, context, liveFrames: true, netns: netns.path });
        }
      };
      return observe(act, verdicts, frames);
    },
    [Symbol.dispose]: () => {
      for (const owned of [...gates, node, capture, live, netns]) owned[Symbol.dispose]();
    },
  };
}

/** On every device that has no XDP program of the node. */
function openGates(gate: Program, netns: string, attachments: readonly Attachment[]): readonly Link[] {
  const taken = attachments.filter(({ hook }) => hook === 'uplink_xdp').map(({ ifindex }) => ifindex);
  const near = NEAR.filter(ifindex => !taken.includes(ifindex));
  return [
    ...near.map(ifindex => gate.attachXdp({ ifindex, mode: 'native' })),
    ...Object.values(FAR).map(ifindex => gate.attachXdp({ ifindex, mode: 'native', netns })),
  ];
}

function observer({ counters }: NodePrograms, capture: Capture): Live['observe'] {
  return async (act, verdictsDue, framesDue = 0) => {
    capture.take();
    counters.take();
    const verdicts: string[] = [];
    const frames: CapturedFrame[] = [];
    const take = (): void => {
      frames.push(...capture.take());
      verdicts.push(...counters.take().flatMap(verdictsOf));
    };
    act();
    const deadline = Date.now() + PATIENCE_MS;
    do {
      await sleep(POLL_MS);
      take();
    } while ((verdicts.length < verdictsDue || frames.length < framesDue) && Date.now() < deadline);
    await sleep(SETTLE_MS);
    take();
    return { verdicts: verdicts.sort(), frames };
  };
}

function verdictsOf({ hook, verdict, packets }: Counted): string[] {
  const name = `${hook.replace('HOOK_', '').toLowerCase()} ${verdict}`;
  return Array.from({ length: packets }, () => name);
}
