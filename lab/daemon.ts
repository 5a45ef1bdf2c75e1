// A node's real daemon: started in the node's namespace, waited for, stopped.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { builtFile } from './installation.ts';
import type { LabPlan, NodePlan } from './plan.ts';
import { isRunning, processId, signal, waitForEnd, type ProcessId } from './process.ts';

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

export function writeDaemonConfig(plan: LabPlan, node: NodePlan): void {
  mkdirSync(dirname(node.configFile), { recursive: true });
  const config = {
    nodeName: node.name,
    uplink: 'eth0',
    pinRoot: node.pinRoot,
    stateDir: node.stateDir,
    runDir: dirname(node.socket),
    socket: node.socket,
    source: { kind: 'manifests', directory: plan.manifests },
    tunnel: { encapsulation: plan.options.encapsulation },
    xdp: plan.options.xdp,
    maps: { endpoints: 16_384, routes: 4_096, conntrack: 16_384 },
    ...plan.options.config,
  };
  writeFileSync(node.configFile, stringify(config));
}

/** Starts it detached, its output appended to the node's log; `waitForDaemon` says when it is ready. */
export function startDaemon(node: NodePlan): ProcessId {
  const log = openSync(node.logFile, 'a');
  const command = [
    `--net=${node.netns}`,
    process.execPath,
    builtFile('heddled.mjs'),
    '--config',
    node.configFile,
  ];
  const child = spawn('nsenter', command, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error('nsenter is not there: install util-linux');
  const id = processId(child.pid);
  writeFileSync(pidFile(node), JSON.stringify(id));
  return id;
}

/** Settles when the daemon has told its log that it is ready; otherwise rejects with the end of that log. */
export async function waitForDaemon(
  node: NodePlan,
  isReady: (node: NodePlan) => Promise<boolean>,
): Promise<void> {
  const daemon = daemonOf(node);
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (daemon !== undefined && isRunning(daemon) && Date.now() < deadline) {
    if (await isReady(node)) return;
    await sleep(50);
  }
  throw new Error(
    `the daemon of ${node.name} did not become ready; the end of ${node.logFile}:\n${logTail(node)}`,
  );
}

/** SIGTERM, and SIGKILL when that does not end it in time. */
export async function stopDaemon(node: NodePlan): Promise<void> {
  const daemon = daemonOf(node);
  if (daemon === undefined) return;
  signal(daemon, 'SIGCONT'); // a stopped process would not hear anything else
  signal(daemon, 'SIGTERM');
  if (await waitForEnd(daemon, STOP_TIMEOUT_MS)) return;
  await killDaemon(node);
}

export async function killDaemon(node: NodePlan): Promise<void> {
  const daemon = daemonOf(node);
  if (daemon === undefined) return;
  signal(daemon, 'SIGKILL');
  await waitForEnd(daemon, STOP_TIMEOUT_MS);
}

/** The one that was started last, if it is still running. */
export function daemonOf(node: NodePlan): ProcessId | undefined {
  if (!existsSync(pidFile(node))) return undefined;
  const id = JSON.parse(readFileSync(pidFile(node), 'utf8')) as ProcessId;
  return isRunning(id) ? id : undefined;
}

function pidFile(node: NodePlan): string {
  return join(dirname(node.configFile), 'heddled.pid.json');
}

function logTail(node: NodePlan): string {
  return existsSync(node.logFile)
    ? readFileSync(node.logFile, 'utf8').split('\n').slice(-15).join('\n')
    : '(empty)';
}
