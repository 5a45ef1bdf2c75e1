// Runs the real heddle-cni as a container runtime does: environment, standard input, and what comes back.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PluginRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PluginError {
  readonly cniVersion: string;
  readonly code: number;
  readonly msg: string;
  readonly details?: string;
}

export const PLUGIN = findPlugin(dirname(fileURLToPath(import.meta.url)));

/** `command` with what it needs in the environment, unless `variables` says otherwise; undefined unsets. */
export function pluginEnvironment(
  command: string,
  variables: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  return {
    CNI_COMMAND: command,
    CNI_CONTAINERID: 'container-1',
    CNI_NETNS: '/run/netns/heddle-test',
    CNI_IFNAME: 'eth0',
    CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0',
    CNI_PATH: '/opt/cni/bin',
    ...variables,
  };
}

export function runPlugin(env: NodeJS.ProcessEnv, stdin: string | Uint8Array): Promise<PluginRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(PLUGIN, [], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined); // it may answer before it has read everything
    child.on('error', reject);
    child.on('close', exitCode => {
      resolve({
        exitCode,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
    child.stdin.end(stdin);
  });
}

export interface Configuration {
  readonly socket: string;
  readonly [key: string]: unknown;
}

export function configuration(fields: Configuration): string {
  return JSON.stringify({ cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', ...fields });
}

/** The error of a run that failed in the specification's form; throws for any other run. */
export function errorOf(run: PluginRun): PluginError {
  if (run.exitCode !== 1) throw new Error(`exit code ${String(run.exitCode)}: ${run.stdout}${run.stderr}`);
  return JSON.parse(run.stdout) as PluginError;
}

function findPlugin(folder: string): string {
  for (const candidate of [join(folder, 'heddle-cni'), join(folder, 'build/heddle-cni')]) {
    if (existsSync(candidate)) return candidate;
  }
  if (dirname(folder) === folder) throw new Error('heddle-cni is not built');
  return findPlugin(dirname(folder));
}
