// source_scale: 5,000 nodes and 100,000 pods through each source: time until all is active, memory, and CPU while nothing changes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { EtcdClient } from 'etcd';
import { parse, stringify } from 'yaml';
import { stopDaemon } from '../../../lab/daemon.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { startEtcd } from '../../support/etcd.ts';
import { ownNode, writeCluster } from '../daemon/cluster-manifests.ts';
import { cpuSeconds, rssMib, timeDaemonStart } from '../daemon/daemon-start.ts';
import { putCluster } from '../daemon/etcd-cluster.ts';
import { openOneNodeLab, type OneNodeLab } from '../daemon/one-node-lab.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { plain } from '../results.ts';

const NAME = 'source_scale';
const LAB = 'benchsources';
const PREFIX = '/heddle';
const SIZE = { nodes: 5_000, podsPerNode: 20 } as const;
const QUICK_SIZE = { nodes: 250, podsPerNode: 20 } as const;
const SETTLE_MS = 5_000;
const STEADY_MS = 20_000;

export const sourceScale: Figure = { name: NAME, isAlone: false, measure };

type Size = typeof SIZE | typeof QUICK_SIZE;

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const size = isQuick ? QUICK_SIZE : SIZE;
  progress('a lab of one node');
  const maps = { endpoints: 262_144, routes: 16_384 };
  await using lab = await openOneNodeLab({ name: LAB, podsPerNode: 0, maps, signal });
  await stopDaemon(lab.node);
  const results: Result[] = [];
  for (const [source, fill] of [
    ['manifests', fillManifests],
    ['etcd', fillEtcd],
    ['kubernetes', fillApiServer],
  ] as const) {
    progress(`${size.nodes} nodes and ${size.nodes * size.podsPerNode} pods through ${source}`);
    const measureFilled = async (): Promise<readonly Result[]> => {
      await using filled = await fill(lab, size);
      useSource(lab.node, filled.source);
      return await measureStart(lab.node, source, { size, signal });
    };
    results.push(...(await measureFilled()));
  }
  return results;
}

async function measureStart(
  node: NodePlan,
  source: string,
  { size, signal }: { readonly size: Size; readonly signal: AbortSignal },
): Promise<readonly Result[]> {
  rmSync(node.pinRoot, { recursive: true, force: true });
  const { daemon, wholeS, rows } = await timeDaemonStart(node, signal);
  const pods = size.nodes * size.podsPerNode;
  if (rows < pods) throw new Error(`${source}: of ${pods} pods only ${rows} endpoints were written`);
  await sleep(SETTLE_MS);
  const rss = rssMib(daemon);
  const before = cpuSeconds(daemon);
  await sleep(STEADY_MS);
  const busy = (100 * (cpuSeconds(daemon) - before)) / (STEADY_MS / 1_000);
  await stopDaemon(node);
  const name = (what: string): string => `source_${source}_${what}`;
  const note = `${size.nodes} nodes, ${pods} pods`;
  return [
    plain({ name: name('start_s'), unit: 's', note: `${note}: from nothing to ready, maps filled` }, [
      wholeS,
    ]),
    plain({ name: name('rss_mib'), unit: 'MiB', note: `${note}: resident memory 5 s later` }, [rss]),
    plain(
      { name: name('steady_cpu_percent'), unit: '%', note: `${note}: of one CPU, while nothing changes` },
      [busy],
    ),
  ];
}

interface Filled extends AsyncDisposable {
  /** The daemon's `source` setting. */
  readonly source: object;
}

function fillManifests(lab: Lab, size: Size): Promise<Filled> {
  writeCluster(lab.manifests, size);
  const source = { kind: 'manifests', directory: lab.manifests };
  return Promise.resolve({ source, [Symbol.asyncDispose]: () => Promise.resolve() });
}

/** Filled from here, then served in the network outside of the lab's node, which reaches it as any host. */
async function fillEtcd(lab: Lab, size: Size): Promise<Filled> {
  const undo: (() => unknown)[] = [];
  const owner = { teardown: (one: () => unknown) => undo.unshift(one) };
  const data = mkdtempSync(join(tmpdir(), 'heddle-bench-etcd-'));
  owner.teardown(() => rmSync(data, { recursive: true }));
  const here = await startEtcd(owner, { data });
  const etcd = new EtcdClient({ endpoints: [here.endpoint], credentials: () => ({}) });
  await putCluster(etcd, PREFIX, size);
  etcd.close();
  await here.kill();
  const [address = ''] = lab.outside.addresses;
  const { endpoint } = await startEtcd(owner, { data, at: { netns: lab.outside.netns, address } });
  const source = { kind: 'etcd', etcd: { endpoints: endpoint, prefix: PREFIX } };
  return {
    source,
    [Symbol.asyncDispose]: async () => {
      for (const one of undo) await one();
    },
  };
}

/** A process of its own, outside as well: what it costs is not in the figures. */
async function fillApiServer(lab: OneNodeLab, { nodes, podsPerNode }: Size): Promise<Filled> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-api-server-'));
  const program = join(folder, 'api-server.mjs');
  await build({
    ...{ entryPoints: ['test/bench/daemon/api-server-main.ts'], outfile: program },
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' },
    conditions: ['module', 'workspace'],
  });
  const [address = ''] = lab.outside.addresses;
  const counts = [String(nodes), String(podsPerNode)];
  const words = [program, address, folder, ...counts, JSON.stringify(ownNode(lab.node))];
  const child = spawn('nsenter', [`--net=${lab.outside.netns}`, process.execPath, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    source: { kind: 'kubernetes', kubeconfig: join(folder, 'kubeconfig') },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

function useSource(node: NodePlan, source: object): void {
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  writeFileSync(node.configFile, stringify({ ...config, source }));
}
