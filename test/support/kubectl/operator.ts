// An operator's machine: Debian's kubectl with a kubeconfig of the stand-in, and the plugin on the PATH.
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { builtFile } from '../../../lab/installation.ts';
import type { ExecOutcome } from '../../../lab/exec.ts';
import { kubeconfig } from '../api-server/kubeconfig.ts';
import type { KubectlServer } from './kubectl-server.ts';

export interface Operator {
  readonly directory: string;
  /** On the PATH; the plugin is `kubectl heddle`. */
  run(command: string, ...words: string[]): Promise<ExecOutcome>;
}

const KUBECTL = resolve('build/kubectl/usr/bin/kubectl');
const PLUGIN = resolve('deploy/kubectl/kubectl-heddle');
const LIMIT_MS = 500_000;

/** `directory` is empty, and the caller's. */
export async function operatorOf(server: KubectlServer, directory: string): Promise<Operator> {
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  symlinkSync(KUBECTL, join(bin, 'kubectl'));
  symlinkSync(PLUGIN, join(bin, 'kubectl-heddle'));
  writeFileSync(
    join(bin, 'heddlectl'),
    `#!/bin/sh\nexec ${process.execPath} ${resolve(builtFile('heddlectl.mjs'))} "$@"\n`,
    { mode: 0o755 },
  );
  const tokenFile = join(directory, 'token');
  writeFileSync(tokenFile, server.token);
  writeFileSync(join(directory, 'kubeconfig'), kubeconfig(await server.listen(), tokenFile));
  const env = {
    ...process.env,
    HOME: directory,
    TMPDIR: directory,
    KUBECONFIG: join(directory, 'kubeconfig'),
    KUBECACHEDIR: join(directory, 'cache'),
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  return {
    directory,
    run: (command, ...words) =>
      new Promise(done => {
        const options = { env, cwd: directory, timeout: LIMIT_MS, maxBuffer: 64 << 20 };
        execFile(command, words, options, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          done({ code, stdout, stderr });
        });
      }),
  };
}
