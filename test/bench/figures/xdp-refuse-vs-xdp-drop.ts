// xdp_refuse_vs_xdp_drop: VXLAN from who is no node, refused by uplink_xdp, beside a program that drops all it sees.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadObject, readObject, type Program } from 'libbpf-ts';
import { labDown } from '../../../lab/down.ts';
import { builtFile } from '../../../lab/installation.ts';
import { addNetns, ipIn } from '../../../lab/iproute.ts';
import type { Lab } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS } from '../../../lab/plan.ts';
import { removeRemnants } from '../../../lab/remnants.ts';
import { labUp } from '../../../lab/up.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { openPinnedProgram } from '../../../loader/programs/pinned-programs.ts';
import { readMetrics } from '../../../loader/tables/metrics.ts';
import { eth } from '../../support/packet/packet.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { deviceIn } from '../net/devices.ts';
import { FrameSource } from '../net/frame-source.ts';
import { aroundDropText, dropAloneNs } from '../programs/xdp-alone.ts';
import { measurePairs, paired, plain } from '../results.ts';

const NAME = 'xdp_refuse_vs_xdp_drop';
const ALONE = { ours: `${NAME}_ns_refuse`, peer: `${NAME}_ns_drop` } as const;
const AIM = { atLeast: 0.85 } as const;
const LAB = 'benchxdp';
const BARE = 'benchxdpbare';
/** TEST-NET-3 (RFC 5737): no node of any lab. */
const UNKNOWN_SOURCE = '203.0.113.9';
const VXLAN_PORT = 4_789;
const PORTS = { first: 40_000, count: 1_000 } as const;
/** Of those that were sent; what a full queue loses is lost before any program. */
const MIN_DROPPED = 0.98;

export const xdpRefuseVsXdpDrop: Figure = {
  ...{ name: NAME, results: [NAME, ALONE.ours, ALONE.peer], isAlone: false },
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  const { isQuick, progress, signal } = context;
  const [rounds, packets] = isQuick ? [5, 200_000] : [21, 1_000_000];
  progress('a lab with XDP in native mode, and a veth with a program that drops everything');
  await using ours = await openLab(signal);
  await using bare = await openBare();
  using refusing = new FrameSource(ours.lab.fabricNetns, 'n1');
  using dropping = new FrameSource(bare.sender, 'eth0');
  const measureOurs = (): number => {
    const before = refusedBy(ours.lab);
    const seconds = refusing.send({ frame: ours.frame, packets, sourcePorts: PORTS });
    return rate(packets, refusedBy(ours.lab) - before, seconds);
  };
  const measureBare = (): number => {
    const before = droppedBy(bare.receiver);
    const seconds = dropping.send({ frame: ours.frame, packets, sourcePorts: PORTS });
    return rate(packets, droppedBy(bare.receiver) - before, seconds);
  };
  progress(`${packets} frames each way, ${rounds} rounds`);
  const turn = (run: () => number) => (): Promise<number> => {
    signal.throwIfAborted();
    return Promise.resolve(run());
  };
  const runs = await measurePairs(rounds, turn(measureOurs), turn(measureBare));
  const alone = { ours: refuseAloneNs(ours, rounds), peer: dropAloneNs(bare.program, ours.frame, rounds) };
  const around = aroundDropText(
    runs.map(({ peer }) => peer),
    alone.peer,
  );
  const note = `VXLAN of a stranger refused by uplink_xdp : XDP_DROP alone; veth in native mode; ${around}`;
  const unit = 'ns/packet';
  return [
    paired({ name: NAME, unit: 'packets/s', note, aim: AIM }, runs),
    plain({ name: ALONE.ours, unit, note: 'uplink_xdp alone, with the loop of the test run' }, alone.ours),
    plain({ name: ALONE.peer, unit, note: 'XDP_DROP alone, with the loop of the test run' }, alone.peer),
  ];
}

function refuseAloneNs({ lab, frame }: OpenLab, rounds: number): readonly number[] {
  using program = openPinnedProgram(lab.nodes[0]?.pinRoot ?? '', 'uplink_xdp');
  if (program === undefined) throw new Error('the node has no uplink_xdp');
  return dropAloneNs(program, frame, rounds);
}

function rate(sent: number, dropped: number, seconds: number): number {
  if (dropped < sent * MIN_DROPPED) throw new Error(`of ${sent} frames only ${dropped} met their end at XDP`);
  return dropped / seconds;
}

interface OpenLab extends AsyncDisposable {
  readonly lab: Lab;
  readonly frame: Buffer;
}

async function openLab(signal: AbortSignal): Promise<OpenLab> {
  await labDown(LAB);
  const families = { families: 'ipv4', underlayFamilies: 'ipv4' } as const;
  const options = { ...DEFAULT_OPTIONS, ...families, name: LAB, podsPerNode: 1, xdp: 'native' } as const;
  const lab = await labUp(options, { signal });
  return { lab, frame: unknownSourceFrame(lab), [Symbol.asyncDispose]: () => labDown(LAB) };
}

/** Up to the VXLAN header; the programs read no further. */
function unknownSourceFrame({ fabricNetns, nodes: [node] }: Lab): Buffer {
  if (node === undefined) throw new Error('the lab has no node');
  const [address = ''] = node.addresses;
  const vxlan = Buffer.from('0800000000000100', 'hex');
  return eth(deviceIn(fabricNetns, 'n1').mac, deviceIn(node.netns, 'eth0').mac)
    .ip(UNKNOWN_SOURCE, address)
    .udp(PORTS.first, VXLAN_PORT, Buffer.concat([vxlan, Buffer.alloc(10)]), { checksum: 0 })
    .bytes();
}

/** Packets from unknown VTEPs that uplink_xdp of the first node has dropped. */
function refusedBy({ nodes: [node] }: Lab): number {
  const maps = openPinnedMaps(node?.pinRoot ?? '');
  try {
    const row = readMetrics(maps.hd_metrics).find(
      ({ hook, verdict }) => hook === 'uplink_xdp' && verdict === 'DROP_TUNNEL_SOURCE',
    );
    return Number(row?.packets ?? 0n);
  } finally {
    for (const name of MAP_NAMES) maps[name][Symbol.dispose]();
  }
}

interface Bare extends AsyncDisposable {
  readonly sender: string;
  readonly receiver: string;
  readonly program: Program;
}

async function openBare(): Promise<Bare> {
  await removeRemnants(BARE);
  const [sender, receiver] = [`/run/netns/hd-${BARE}-sender`, `/run/netns/hd-${BARE}-receiver`];
  for (const netns of [sender, receiver]) addNetns(netns);
  ipIn(sender, [`link add eth0 type veth peer name eth0 netns hd-${BARE}-receiver`, 'link set eth0 up']);
  ipIn(receiver, ['link set eth0 up']);
  const dropping = dropAll(receiver);
  return {
    ...{ sender, receiver, program: dropping.program },
    [Symbol.asyncDispose]: async () => {
      dropping[Symbol.dispose]();
      await removeRemnants(BARE);
    },
  };
}

/** Until it is disposed. */
function dropAll(netns: string): Disposable & { readonly program: Program } {
  const object = loadObject(readObject(readFileSync(builtFile('test/bpf/drop.bpf.o'))), { name: 'drop' });
  const { ifindex } = deviceIn(netns, 'eth0');
  const program = object.program('drop');
  const link = program.attachXdp({ ifindex, mode: 'native', netns });
  return {
    program,
    [Symbol.dispose]: () => {
      link[Symbol.dispose]();
      object[Symbol.dispose]();
    },
  };
}

/** By XDP at that namespace's device, as the driver counts. */
function droppedBy(netns: string): number {
  const text = execFileSync('nsenter', [`--net=${netns}`, 'ethtool', '-S', 'eth0'], { encoding: 'utf8' });
  const counts = [...text.matchAll(/rx_queue_\d+_xdp_drops: (\d+)/g)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
