// flow_history_*: what the flow history costs at 10,000 new flows a second: the daemon's CPU time, and pod_tx's for each packet.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { enableRunStatistics } from 'libbpf-ts';
import { parse, stringify } from 'yaml';
import { daemonOf, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { listPinnedPrograms } from '../../../loader/programs/pinned-programs.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { readEventLosses } from '../../../loader/tables/event-losses.ts';
import { sendNewFlows, type NewFlows } from '../daemon/new-flows.ts';
import { openOneNodeLab } from '../daemon/one-node-lab.ts';
import { cpuSeconds } from '../daemon/daemon-start.ts';
import type { BenchContext, Figure, Pair, Result } from '../figure.ts';
import { paired, pairOf } from '../results.ts';

const LAB = 'benchflowhistory';
const PER_SECOND = 10_000;
const EVENTS = 65_536;
/** After a start, for what the start has caused. */
const SETTLE_MS = 2_000;

export const flowHistory: Figure = {
  ...{ name: 'flow_history', results: ['flow_history_cpu', 'flow_history_pod_tx'], isAlone: false },
  measure,
};

interface Run {
  /** Of one CPU, percent. */
  readonly cpu: number;
  readonly nsPerPacket: number;
  readonly sent: number;
  readonly lost: number;
}

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const [rounds, seconds] = isQuick ? [2, 5] : [7, 10];
  progress('a lab of one node and two pods');
  const maps = { endpoints: 1_024, routes: 1_024 };
  await using lab = await openOneNodeLab({ name: LAB, podsPerNode: 2, maps, signal });
  const [from, to] = lab.pods;
  if (from === undefined || to === undefined) throw new RangeError('the lab has not two pods');
  const flows = { netns: from.netns, to: to.addresses[0] ?? '', perSecond: PER_SECOND, seconds };
  const statistics = enableRunStatistics();
  const runs: { readonly on: Run; readonly off: Run }[] = [];
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    progress(
      `${PER_SECOND} new flows a second, with and without the history, round ${round + 1} of ${rounds}`,
    );
    runs.push({ on: await runWith(EVENTS, lab.node, flows), off: await runWith(0, lab.node, flows) });
  }
  statistics[Symbol.dispose]();
  return results(runs);
}

async function runWith(events: number, node: NodePlan, flows: NewFlows): Promise<Run> {
  await stopDaemon(node);
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  writeFileSync(node.configFile, stringify({ ...config, flowHistory: { events } }));
  startDaemon(node);
  await waitForDaemon(node);
  await sleep(SETTLE_MS);
  const before = reading(node);
  const sent = await sendNewFlows(flows);
  const after = reading(node);
  return {
    cpu: ((after.cpuSeconds - before.cpuSeconds) / flows.seconds) * 100,
    nsPerPacket: Number(after.runNs - before.runNs) / Number(after.runs - before.runs),
    sent,
    lost: Number(after.lost - before.lost),
  };
}

function reading(node: NodePlan) {
  const podTx = listPinnedPrograms(node.pinRoot).find(({ hook }) => hook === 'pod_tx');
  const daemon = daemonOf(node);
  if (podTx === undefined || daemon === undefined) throw new Error(`${node.name} does not run`);
  const maps = openPinnedMaps(node.pinRoot);
  const lost = readEventLosses(maps.hd_event_lost);
  for (const map of Object.values(maps)) map[Symbol.dispose]();
  return { cpuSeconds: cpuSeconds(daemon), runNs: podTx.runTimeNs, runs: podTx.runCount, lost };
}

function results(runs: readonly { readonly on: Run; readonly off: Run }[]): readonly Result[] {
  const pairs = (value: (run: Run) => number): readonly Pair[] =>
    runs.map(({ on, off }) => pairOf(value(on), value(off)));
  const sent = runs.reduce((sum, { on }) => sum + on.sent, 0);
  const lost = runs.reduce((sum, { on }) => sum + on.lost, 0);
  const kept = `of ${sent.toLocaleString('en')} flows ${lost.toLocaleString('en')} did not fit into the ring buffer`;
  const peer = 'the other one has flowHistory.events 0';
  return [
    paired(
      {
        ...{ name: 'flow_history_cpu', unit: '% of a CPU' },
        note: `CPU time of the daemon at ${PER_SECOND} new flows a second; ${peer}; ${kept}`,
      },
      pairs(({ cpu }) => cpu),
    ),
    paired(
      {
        ...{ name: 'flow_history_pod_tx', unit: 'ns/packet' },
        note: `pod_tx, each packet a new flow between two pods of the node, the kernel's own count; ${peer}`,
      },
      pairs(({ nsPerPacket }) => nsPerPacket),
    ),
  ];
}
