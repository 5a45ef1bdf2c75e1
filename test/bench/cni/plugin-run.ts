// One run of a CNI plugin, as a container runtime runs it, by the clock of a small process (stopwatch.c).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { builtFile } from '../../../lab/installation.ts';

export interface PluginCall {
  /** Absolute path. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The network's configuration, JSON. */
  readonly config: string;
}

export interface PluginRun {
  /** Of one clock, milliseconds: before the process is there. */
  readonly startMs: number;
  /** When it has ended. */
  readonly endMs: number;
  readonly stdout: string;
}

/** What can be started without delay. */
export interface PreparedRun {
  /** Rejects with what the plugin said when it fails. */
  run(): Promise<PluginRun>;
}

const NS_PER_MS = 1e6;

export async function runPlugin(call: PluginCall): Promise<PluginRun> {
  const prepared = await preparePlugin(call);
  return prepared.run();
}

export async function preparePlugin({ program, environment, config }: PluginCall): Promise<PreparedRun> {
  const child = spawn(builtFile('bench/programs/stopwatch'), [program], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    env: environment,
  });
  const [stdin, out, , report] = child.stdio as unknown as [Writable, Readable, null, Readable];
  const closed = once(child, 'close') as Promise<[number | null]>;
  const stdout = text(out);
  await once(report, 'readable');
  return {
    run: async () => {
      stdin.end(config);
      const [said, times, [code]] = await Promise.all([stdout, text(report), closed]);
      if (code !== 0) throw new Error(`${program}, ${environment['CNI_COMMAND'] ?? ''}: ${said.trim()}`);
      const [startMs, endMs] = clockMs(times);
      return { startMs, endMs, stdout: said };
    },
  };
}

function clockMs(report: string): [start: number, end: number] {
  const [start, end] = report.replace('ready\n', '').trim().split(' ').map(Number);
  if (start === undefined || end === undefined) throw new Error(`the stopwatch said ${report.trim()}`);
  return [start / NS_PER_MS, end / NS_PER_MS];
}
