// One figure in a process of its own, so that what it holds in memory and in its namespace goes with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { BenchContext, Figure, Result } from './figure.ts';

interface Outcome {
  readonly results?: readonly Result[];
  readonly failure?: string;
}

/** Starts `script` anew, which must then call `measureHere`. Rejects with the figure's own words. */
export async function runFigure(figure: Figure, script: string): Promise<readonly Result[]> {
  const command = [process.execPath, '--enable-source-maps', script, '--figure', figure.name];
  const [program = '', ...args] = figure.isAlone ? ['unshare', '--net', ...command] : command;
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const forward = (): void => void child.kill('SIGTERM');
  process.once('SIGTERM', forward);
  let outcome: Outcome = {};
  child.on('message', message => (outcome = message as Outcome));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  process.off('SIGTERM', forward);
  if (outcome.failure !== undefined) throw new Error(outcome.failure);
  if (outcome.results === undefined) throw new Error(`its process ended with ${code ?? signal ?? 'nothing'}`);
  return outcome.results;
}

/** In that process. */
export async function measureHere(figure: Figure, context: BenchContext): Promise<void> {
  const outcome: Outcome = await figure.measure(context).then(
    results => ({ results }),
    (error: unknown) => ({
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );
  await new Promise<void>(resolve => process.send?.(outcome, undefined, {}, () => resolve()));
  process.exit(outcome.failure === undefined ? 0 : 1);
}
