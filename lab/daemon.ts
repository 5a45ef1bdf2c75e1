// A node's real daemon: started in the node's namespace, waited for, stopped.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askStatus } from '../loader/api/status-client.ts';
import { builtFile } from './installation.ts';
import { labLimits } from './limits.ts';
import type { NodePlan } from './plan.ts';
import { isRunning, processId, signal, waitForEnd, type ProcessId } from './process.ts';

const POLL_MS = 50;
const LOG_LINES_SHOWN = 15;

/** Bundle of the daemon; absent: this build's. */
export interface DaemonProgram {
  readonly bundle: string;
  /** Beside this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts it detached, its output appended to the node's log; `waitForDaemon` says when it is ready. */
export function startDaemon(
  node: NodePlan,
  { bundle, environment = {} }: DaemonProgram = { bundle: builtFile('heddled.mjs') },
): ProcessId {
  const argv = [bundle, '--config', node.configFile];
  const log = openSync(node.logFile, 'a');
  const child = spawn('nsenter', [`--net=${node.netns}`, ...argv], {
    detached: true, // its own session: the terminal's Ctrl-C is not for it
    stdio: ['ignore', log, log],
    cwd: '/',
    env: { ...process.env, ...environment },
  });
  closeSync(log);
  child.unref();
  child.once('error', () => undefined); // seen below as a child without a pid
  if (child.pid === undefined) throw new Error('nsenter cannot be run: install util-linux');
  const id = processId(child.pid);
  writeFileSync(pidFile(node), JSON.stringify(id));
  return id;
}

/** Resolves when the daemon reports that it is ready; otherwise rejects with its problems and the end of its log. */
export async function waitForDaemon(node: NodePlan, interrupted?: AbortSignal): Promise<void> {
  const daemon = daemonOf(node);
  const limits = labLimits();
  const deadline = performance.now() + limits.daemonReady;
  let problems: readonly string[] = [];
  while (daemon !== undefined && isRunning(daemon) && performance.now() < deadline) {
    interrupted?.throwIfAborted();
    const status = existsSync(node.socket) ? await askStatus(node.socket, limits.daemonAnswer) : undefined;
    if (status?.ready === true) return;
    problems = status?.problems ?? problems;
    await sleep(POLL_MS);
  }
  const said = problems.map(problem => ` ${problem}`).join('');
  throw new Error(
    `the daemon of ${node.name} did not become ready.${said} The end of ${node.logFile}:\n${logTail(node)}`,
  );
}

/** SIGTERM, and SIGKILL when that does not end it in time. */
export async function stopDaemon(node: NodePlan): Promise<void> {
  const daemon = daemonOf(node);
  if (daemon === undefined) return;
  signal(daemon, 'SIGCONT'); // SIGCONT first: a stopped process handles no SIGTERM
  signal(daemon, 'SIGTERM');
  if (!(await waitForEnd(daemon, labLimits().daemonStop))) await killDaemon(node);
}

/** SIGKILL: the daemon cannot clean up. */
export async function killDaemon(node: NodePlan): Promise<void> {
  const daemon = daemonOf(node);
  if (daemon === undefined) return;
  signal(daemon, 'SIGKILL');
  await waitForEnd(daemon, labLimits().killed);
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
  const lines = existsSync(node.logFile) ? readFileSync(node.logFile, 'utf8').trimEnd().split('\n') : [];
  return lines.slice(-LOG_LINES_SHOWN).join('\n');
}
