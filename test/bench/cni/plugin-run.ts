// One run of a CNI plugin, as a container runtime runs it, by the clock.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface PluginCall {
  /** Absolute path. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The network's configuration, JSON. */
  readonly config: string;
}

export interface PluginRun {
  /** From before the process is there until it has ended. */
  readonly ms: number;
  readonly stdout: string;
}

/** Rejects with what the plugin said when it fails. */
export async function runPlugin({ program, environment, config }: PluginCall): Promise<PluginRun> {
  const start = performance.now();
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'], env: environment });
  let ms = Number.NaN;
  child.once('exit', () => (ms = performance.now() - start));
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stdin.end(config);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program}, ${environment['CNI_COMMAND'] ?? ''}: ${stdout.trim()}`);
  return { ms, stdout };
}
