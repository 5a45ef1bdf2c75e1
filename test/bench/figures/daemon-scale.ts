// daemon_scale: 50,000 pods of 500 other nodes: how soon they are in the maps, and what memory the daemon takes.
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { daemonOf, stopDaemon } from '../../../lab/daemon.ts';
import { DEFAULT_OPTIONS, type NodePlan } from '../../../lab/plan.ts';
import { writeCluster } from '../daemon/cluster-manifests.ts';
import { rssMib, timeDaemonStart, type DaemonStart } from '../daemon/daemon-start.ts';
import { openOneNodeLab } from '../daemon/one-node-lab.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { plain } from '../results.ts';

const NAME = 'daemon_scale';
const LAB = 'benchcniscale';
const SIZE = { nodes: 500, podsPerNode: 100 } as const;
const ENDPOINTS = SIZE.nodes * SIZE.podsPerNode;
/** For garbage to be collected, and passes to come that the start has caused. */
const SETTLE_MS = 5_000;

export const daemonScale: Figure = { name: NAME, isAlone: false, measure };

interface Round {
  readonly cold: DaemonStart;
  readonly warm: DaemonStart;
  readonly rss: number;
}

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const rounds = isQuick ? 2 : 5;
  progress('a lab of one node and two pods');
  const maps = { endpoints: 131_072, routes: 8_192 };
  await using lab = await openOneNodeLab({
    name: LAB,
    podsPerNode: DEFAULT_OPTIONS.podsPerNode,
    maps,
    signal,
  });
  const { node } = lab;
  await sleep(SETTLE_MS);
  const small = rssOf(node);
  await stopDaemon(node);
  writeCluster(lab.manifests, SIZE);
  const runs: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(
      `${ENDPOINTS} pods from a cold start, and again with maps in place, round ${round + 1} of ${rounds}`,
    );
    runs.push(await startTwice(node, signal));
  }
  return results(small, runs);
}

async function startTwice(node: NodePlan, signal: AbortSignal): Promise<Round> {
  rmSync(node.pinRoot, { recursive: true, force: true });
  const cold = await timeDaemonStart(node, signal);
  if (cold.rows < ENDPOINTS) throw new Error(`of ${ENDPOINTS} endpoints only ${cold.rows} were written`);
  await sleep(SETTLE_MS);
  const rss = rssOf(node);
  await stopDaemon(node);
  const warm = await timeDaemonStart(node, signal);
  if (warm.rows > 0) throw new Error(`${warm.rows} endpoints were written that were there before`);
  await stopDaemon(node);
  return { cold, warm, rss };
}

function results(small: number, runs: readonly Round[]): readonly Result[] {
  const seconds = (name: string, aim: number, note: string, values: readonly number[]): Result =>
    plain({ name, unit: 's', note, aim: { atMost: aim } }, values);
  const programmed = runs.map(({ cold }) => cold.programmedS ?? Number.NaN);
  const memory = { unit: 'MiB', aim: { atMost: 140 } } as const;
  const read = 'manifests read already';
  return [
    seconds(
      'program_50k_endpoints_s',
      0.4,
      `${read}: from the objects to rows in new maps, programs loaded in between`,
      programmed,
    ),
    seconds(
      'adopt_50k_endpoints_s',
      1,
      `${read}: from the objects to ready, maps and programs in place`,
      runs.map(({ warm }) => warm.adoptedS),
    ),
    seconds(
      'start_50k_endpoints_s',
      3,
      'from nothing to ready: 500 files of 101 objects read, programs loaded, maps filled',
      runs.map(({ cold }) => cold.wholeS),
    ),
    plain(
      { name: 'daemon_rss_2_mib', ...memory, note: 'resident memory of the daemon, two pods of its own' },
      [small],
    ),
    plain(
      { name: 'daemon_rss_50k_mib', ...memory, note: '50,000 pods of 500 nodes, 5 s after the start' },
      runs.map(({ rss }) => rss),
    ),
  ];
}

function rssOf(node: NodePlan): number {
  const daemon = daemonOf(node);
  if (daemon === undefined) throw new Error(`the daemon of ${node.name} has ended: see ${node.logFile}`);
  return rssMib(daemon);
}
