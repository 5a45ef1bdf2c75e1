// Thirty pods at once, with every core busy: deleting them is as fast as adding them, and the event loop stays free enough
// for the probes of deploy/kubernetes/heddle.yaml.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import t, { type Test } from 'tap';
import { addNetns } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { patience } from '../../../lab/limits.ts';
import { writePod } from '../../../lab/manifests.ts';
import { planPod, type NodePlan, type PodPlan } from '../../../lab/plan.ts';
import { callCni } from '../../support/cni-call.ts';
import { mustExec, testLab } from '../../support/lab.ts';

const PODS = 30;
const PORT = 9469;
/** Seconds that the event loop may be away: /healthz answers within one. */
const MAX_LAG = 1;
/** The daemon wants some turns of a processor for what this process, which only waits, wants one for. */
const TURNS = 4;

interface Burst {
  readonly wallMs: number;
  /** Longest absence of the event loop meanwhile, seconds. */
  readonly lag: number;
  /** That of this process's own, which has nothing to do: what the machine's other work costs. */
  readonly ownLag: number;
}

function occupyCores(t: Test): void {
  const busy = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  t.teardown(() => busy.forEach(child => child.kill('SIGKILL')));
}

/** Reading the figure begins a new one. */
async function readLag(node: NodePlan): Promise<number> {
  const metrics = await mustExec(node, 'curl', '-s', `http://127.0.0.1:${PORT}/metrics`);
  return Number(/^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(metrics)?.[1]);
}

async function burst(node: NodePlan, command: string, pods: readonly PodPlan[]): Promise<Burst> {
  await readLag(node);
  const own = monitorEventLoopDelay();
  own.enable();
  const beganMs = performance.now();
  const runs = await Promise.all(pods.map(pod => callCni(command, node, pod)));
  const wallMs = performance.now() - beganMs;
  for (const { exitCode, stdout } of runs) if (exitCode !== 0) throw new Error(`${command}: ${stdout}`);
  own.disable();
  return { wallMs, lag: await readLag(node), ownLag: own.max / 1e9 };
}

t.test('on one node', async t => {
  const listen = `127.0.0.1:${PORT}`;
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, config: { metrics: { listen } } });
  const node = nodeNamed(lab, 'n1');
  const pods = Array.from({ length: PODS }, (_, i) => planPod(lab.options, 'n1', 10 + i));
  for (const pod of pods) {
    writePod(lab, pod);
    addNetns(pod.netns);
  }
  occupyCores(t);
  const added = await burst(node, 'ADD', pods);
  const deleted = await burst(node, 'DEL', pods);
  for (const [what, { lag, ownLag }] of Object.entries({ ADD: added, DEL: deleted }))
    t.ok(
      lag < MAX_LAG * patience() + TURNS * ownLag,
      `${what}: the event loop was away for ${lag.toFixed(2)} s, the test's own for ${ownLag.toFixed(2)} s`,
    );
  t.ok(
    deleted.wallMs < 3 * added.wallMs,
    `deleted in ${deleted.wallMs.toFixed(0)} ms, added in ${added.wallMs.toFixed(0)}`,
  );
});
