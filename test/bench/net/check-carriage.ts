// Checks every peer's frames on the wire between its nodes before it is measured.
import type { BenchContext } from '../figure.ts';
import { framesDuring } from './capture.ts';
import { carriedAddresses, type Frame } from './carriage.ts';
import { trafficOf } from './devices.ts';
import type { PodEnd, PodNetwork } from './pod-network.ts';
import { runTcp } from './tcp-run.ts';
import { UNDERLAY_MTU } from './underlay.ts';
import type { UnderlayKind } from './underlay-offloads.ts';

/** Long enough for connections to send as much at once as they ever will. */
const LOAD = { streams: 1, amount: { bytes: 50_000_000 } } as const;
const ETHERNET_BYTES = 14;
/** Less on the average would mean that nothing merges what arrives, twice the MTU at least. */
const MIN_MERGED_BYTES = 2 * UNDERLAY_MTU;
const MIN_FRAMES = 100;

/** Between nodes. Throws unless every frame is as it should be; answers with what was seen, in words. */
export async function checkCarriage(network: PodNetwork, underlay: UnderlayKind): Promise<string> {
  const { from, to, wire, carriage } = network;
  const before = trafficOf(to.netns, 'eth0').received;
  const frames = await framesDuring(wire, () => load(from, to));
  const after = trafficOf(to.netns, 'eth0').received;
  if (frames.length < MIN_FRAMES) throw new Error(`only ${frames.length} frames were on the wire`);
  for (const frame of frames) {
    const carried = carriedAddresses(frame, carriage);
    const ends = [carried?.source, carried?.destination];
    if (!ends.includes(from.address) || !ends.includes(to.address))
      throw new Error(`on the wire is ${JSON.stringify(carried ?? frame.bytes.toString('hex'))}`);
  }
  const longest = checkLengths(frames, underlay);
  const merged = Math.round((after.bytes - before.bytes) / (after.packets - before.packets));
  if (carriage.kind !== 'udp' && merged < MIN_MERGED_BYTES)
    throw new Error(`the pod got packets of ${merged} bytes: nothing merges what arrives`);
  return `${frames.length} frames on the wire, the longest of ${longest} bytes; its pod gets ${merged} bytes at a time`;
}

/** Each of them, by what it is called. */
export async function checkAll(
  networks: Readonly<Record<string, PodNetwork>>,
  underlay: UnderlayKind,
  { progress, signal }: BenchContext,
): Promise<void> {
  for (const [name, network] of Object.entries(networks)) {
    signal.throwIfAborted();
    progress(`${name}: ${await checkCarriage(network, underlay)}`);
  }
}

/** On one node: nothing of it may be on the wire. */
export async function checkNotOnWire({ wire }: PodNetwork, from: PodEnd, to: PodEnd): Promise<string> {
  const frames = await framesDuring(wire, () => load(from, to));
  if (frames.length > 0) throw new Error(`${frames.length} frames of one node were on the wire`);
  return 'nothing on the wire';
}

async function load(from: PodEnd, to: PodEnd): Promise<void> {
  await runTcp(from, to, LOAD);
}

function checkLengths(frames: readonly Frame[], underlay: UnderlayKind): number {
  const longest = Math.max(...frames.map(({ length }) => length));
  const fits = longest <= UNDERLAY_MTU + ETHERNET_BYTES;
  if (underlay === 'wire' && !fits) throw new Error(`a frame of ${longest} bytes was on the wire`);
  return longest;
}
