// The demo's lab and hosts; runs commands in them and prints their output.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execIn } from '../../lab/exec.ts';
import { builtFile } from '../../lab/installation.ts';
import type { Lab, LabPod } from '../../lab/lab.ts';
import { prompt, show } from './print.ts';

export interface DemoTopology {
  readonly lab: Lab;
  readonly from: LabPod;
  /** On the other node. */
  readonly to: LabPod;
}

export interface DemoHost {
  readonly name: string;
  readonly netns: string;
}

export function podNamed(lab: Lab, name: string): LabPod {
  const pod = lab.pods.find(candidate => candidate.name === name);
  if (pod === undefined) throw new Error(`the lab has no pod ${name}`);
  return pod;
}

/** Prints a command and its output; throws if it fails. */
export async function run(host: DemoHost, argv: readonly string[]): Promise<string> {
  prompt(host.name, argv);
  const { code, stdout, stderr } = await execIn(host.netns, argv);
  show(stdout);
  if (code !== 0) throw new Error(`'${argv.join(' ')}' in ${host.name} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}

/** Prints heddlectl's output for a node. */
export async function heddlectl(lab: Lab, node: string, ...words: readonly string[]): Promise<void> {
  const argv = ['--lab', lab.options.name, '--node', node, ...words];
  prompt('host', ['heddlectl', ...argv]);
  show(await heddlectlText(argv));
}

/** heddlectl's output, not printed. */
export async function heddlectlText(argv: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [builtFile('heddlectl.mjs'), ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`heddlectl ${argv.join(' ')} failed`);
  return output;
}
