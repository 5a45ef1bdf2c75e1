// Impairs or tags frames on the path to a node: path.bpf.c at its port of the switch, and detour.c for late frames.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BpfMap, codecOf, layoutOf, loadObject, readObject, u32Codec, type ObjectSpec } from 'libbpf-ts';
import { getLink, openSocket } from 'rtnetlink';
import { BPFFS } from './bpffs.ts';
import { builtFile } from './installation.ts';
import { ipIn } from './iproute.ts';
import type { LabPlan, NodePlan } from './plan.ts';

/** What the path to a node has done to frames. */
export interface PathCounts {
  readonly frames: number;
  /** Left alone: larger than a frame. */
  readonly superPackets: number;
  readonly corrupted: number;
  readonly dropped: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly tagged: number;
}

type FabricPlan = Pick<LabPlan, 'fabricNetns' | 'options'>;

/** From then on; it goes with the fabric's namespace and the lab's pins. */
export async function impairPath(lab: FabricPlan, node: NodePlan): Promise<void> {
  const { nic } = node;
  const detour = nic.reorderOneIn > 0 ? await startDetour(lab, node) : 0;
  using object = loadObject(objectSpec(), {
    name: 'path',
    variables: {
      corrupt_one_in: nic.corruptOneIn,
      drop_one_in: nic.dropOneIn,
      duplicate_one_in: nic.duplicateOneIn,
      reorder_one_in: nic.reorderOneIn,
      detour_ifindex: detour,
      vlan0: nic.vlan0,
    },
  });
  mkdirSync(pinDirectory(lab), { recursive: true });
  object.map('path_counts').pin(countsPin(lab, node));
  object.program('path').attachClsact({
    ...{ ifindex: ifindexOf(lab, node.name), direction: 'egress', netns: lab.fabricNetns },
    ...{ priority: 1, handle: 1 },
  });
}

/** So far. */
export function pathCounts(lab: FabricPlan, node: NodePlan): PathCounts {
  const codec = codecOf<Readonly<Record<keyof PathCounts, bigint>>>(
    layoutOf(objectSpec().btf, 'path_counts'),
  );
  using map = BpfMap.openPinned(countsPin(lab, node));
  const counts = map.withCodecs(u32Codec, codec).get(0);
  if (counts === undefined) throw new Error('path_counts has a row');
  return {
    frames: Number(counts.frames),
    superPackets: Number(counts.superPackets),
    corrupted: Number(counts.corrupted),
    dropped: Number(counts.dropped),
    duplicated: Number(counts.duplicated),
    reordered: Number(counts.reordered),
    tagged: Number(counts.tagged),
  };
}

/** A pair of devices: frames redirected into the first are received on the second, kept, and sent to the node's port. */
async function startDetour(lab: FabricPlan, { name }: NodePlan): Promise<number> {
  const [into, outOf] = [`${name}d`, `${name}e`];
  ipIn(lab.fabricNetns, [
    `link add ${into} type veth peer name ${outOf}`,
    ...[into, outOf].flatMap(device => [
      `link set ${device} addrgenmode none arp off`,
      `link set ${device} up`,
    ]),
  ]);
  const argv = [`--net=${lab.fabricNetns}`, builtFile('lab/detour'), outOf, name];
  const child = spawn('nsenter', argv, { detached: true, stdio: ['ignore', 'pipe', 'ignore'], cwd: '/' });
  const started = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    once(child, 'close').then(() => false),
  ]);
  if (!started) throw new Error(`the detour on the path to ${name} did not start`);
  child.stdout.destroy();
  child.unref(); // it ends with the lab: remnants.ts finds it by its namespace
  return ifindexOf(lab, into);
}

function objectSpec(): ObjectSpec {
  return readObject(readFileSync(builtFile('lab/path.bpf.o')));
}

function ifindexOf({ fabricNetns }: FabricPlan, device: string): number {
  using socket = openSocket({ netns: fabricNetns });
  const link = getLink(socket, device);
  if (link === undefined) throw new Error(`the fabric has no device ${device}`);
  return link.index;
}

function pinDirectory({ options }: FabricPlan): string {
  return join(BPFFS, `heddle-lab-${options.name}-fabric`);
}

function countsPin(lab: FabricPlan, { name }: NodePlan): string {
  return join(pinDirectory(lab), name);
}
