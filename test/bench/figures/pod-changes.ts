// pod_changes: what pods of realistic size cost through an API server: bytes to the first dataplane, bytes and CPU a change, and
// how long a new address takes to be in force.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Addr } from 'ip';
import { parse, stringify } from 'yaml';
import { stopDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { MAP_NAMES, type MapSet } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { ChangingServer } from '../daemon/changing-server.ts';
import { addressOfFarPod, changedPod } from '../daemon/cluster-manifests.ts';
import { cpuSeconds, rssMib, timeDaemonStart } from '../daemon/daemon-start.ts';
import { openOneNodeLab } from '../daemon/one-node-lab.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { bytesReceived } from '../net/uplink-bytes.ts';
import { plain } from '../results.ts';
import { percentile } from '../statistics.ts';

const NAME = 'pod_changes';
const LAB = 'benchchanges';
const SIZE = { nodes: 5_000, podsPerNode: 20 } as const;
const QUICK_SIZE = { nodes: 250, podsPerNode: 20 } as const;
const PER_SECOND = 100;
const SECONDS = 20;
const QUICK_SECONDS = 5;
const SETTLE_MS = 5_000;
const POLL_MS = 1;
const PATIENCE_MS = 30_000;
const NS_PER_MS = 1e6;
/** `tunnel.vni` of the lab's daemons. */
const LAB_VNI = 1;

export const podChanges: Figure = { name: NAME, isAlone: false, measure };

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const size = isQuick ? QUICK_SIZE : SIZE;
  const pods = size.nodes * size.podsPerNode;
  await using lab = await openOneNodeLab({
    ...{ name: LAB, podsPerNode: 0, maps: { endpoints: 262_144, routes: 16_384 }, signal },
  });
  const { node } = lab;
  await stopDaemon(node);
  progress(`${size.nodes} nodes and ${pods} pods`);
  await using server = await ChangingServer.start(lab, size);
  useKubeconfig(node, server.kubeconfig);
  rmSync(node.pinRoot, { recursive: true, force: true });
  const before = await bytesReceived(node);
  const { daemon, wholeS } = await timeDaemonStart(node, signal);
  const listed = (await bytesReceived(node)) - before;
  await sleep(SETTLE_MS);
  const memory = rssMib(daemon);
  const count = PER_SECOND * (isQuick ? QUICK_SECONDS : SECONDS);
  progress(`${count} changes, ${PER_SECOND} a second`);
  const cpuBefore = cpuSeconds(daemon);
  const addresses = Array.from({ length: count }, (_, i) => addressOfFarPod(changedPod(size, i)) as Addr);
  const [{ atMs, bytes }, rowsAtMs] = await Promise.all([
    server.change(count, PER_SECOND),
    whenInForce(node, addresses, signal),
  ]);
  const busy = (100 * (cpuSeconds(daemon) - cpuBefore)) / (count / PER_SECOND);
  const lateness = atMs.map((ms, i) => (rowsAtMs[i] ?? Number.NaN) - ms);
  await stopDaemon(node);
  const note = `${size.nodes} nodes, ${pods} pods of ${server.podBytes} bytes of JSON`;
  const result = (what: string, unit: string, words: string, value: number, atMost?: number): Result =>
    plain(
      {
        name: `${NAME}_${what}`,
        unit,
        note: `${note}: ${words}`,
        ...(atMost !== undefined && { aim: { atMost } }),
      },
      [value],
    );
  return [
    result('start_s', 's', 'from nothing to ready, maps filled', wholeS, 4),
    result('start_mb_per_1000', 'MB', 'received until then, for 1,000 pods', listed / 1e3 / pods, 0.6),
    result('rss_mib', 'MiB', 'resident memory 5 s later', memory, 180),
    result('bytes', 'bytes', 'sent for one change, TLS included', bytes / count),
    result('cpu_percent', '%', `of one CPU at ${PER_SECOND} changes a second`, busy, 5),
    result(
      'in_force_p50_ms',
      'ms',
      'from the server until the row is there, median',
      percentile(lateness, 50),
    ),
    result('in_force_p99_ms', 'ms', 'the same, 99th percentile', percentile(lateness, 99), 100),
  ];
}

/** When each address had its row, on the clock of `ChangeRun`; rejects when not all of them come. */
async function whenInForce(
  node: NodePlan,
  addresses: readonly Addr[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    return await rowTimes(maps, addresses, signal);
  } finally {
    for (const name of MAP_NAMES) maps[name][Symbol.dispose]();
  }
}

/** They come in their order, so only the next ones are looked up: a reader of the whole map would be what is measured. */
async function rowTimes(
  { hd_endpoint }: MapSet,
  addresses: readonly Addr[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const times: number[] = [];
  const deadline = Date.now() + PATIENCE_MS + (addresses.length * 1_000) / PER_SECOND;
  for (const addr of addresses) {
    while (hd_endpoint.get({ vni: LAB_VNI, addr }) === undefined) {
      signal.throwIfAborted();
      if (Date.now() > deadline)
        throw new Error(`of ${addresses.length} changes ${times.length} are in force`);
      await sleep(POLL_MS);
    }
    times.push(Number(process.hrtime.bigint()) / NS_PER_MS);
  }
  return times;
}

function useKubeconfig(node: NodePlan, file: string): void {
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  writeFileSync(node.configFile, stringify({ ...config, source: { kind: 'kubernetes', kubeconfig: file } }));
}
