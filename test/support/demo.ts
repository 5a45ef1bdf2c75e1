// The built demo, run as `make demo` runs it, under a lab name of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { builtFile } from '../../lab/installation.ts';

export function startDemo(lab: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [builtFile(join('scripts', 'demo.mjs'))], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LAB: lab, ...environment },
  });
}
