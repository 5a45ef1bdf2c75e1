// make demo: two nodes, four pods, and packets seen on the wire. Every step is checked; KEEP=1 leaves the lab up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { labDown } from '../lab/down.ts';
import { execIn, type ExecOutcome } from '../lab/exec.ts';
import { builtFile } from '../lab/installation.ts';
import type { Lab, LabPod } from '../lab/lab.ts';
import { DEFAULT_OPTIONS } from '../lab/plan.ts';
import { findLab } from '../lab/registry.ts';
import { labUp } from '../lab/up.ts';

const NAME = 'demo';
const keep = process.env['KEEP'] === '1';

function heading(text: string): void {
  process.stdout.write(`\n${pc.bold(pc.cyan(`── ${text}`))}\n`);
}

function show(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`);
}

/** Shows a command and what it printed; anything but success ends the demo. */
async function step(where: { name: string; netns: string }, argv: readonly string[]): Promise<ExecOutcome> {
  show(pc.dim(`${where.name}$ ${argv.join(' ')}`));
  const outcome = await execIn(where.netns, argv);
  show(outcome.stdout);
  if (outcome.code !== 0) throw new Error(`'${argv.join(' ')}' in ${where.name} failed: ${outcome.stderr}`);
  return outcome;
}

async function heddlectl(lab: Lab, node: string, ...words: readonly string[]): Promise<string> {
  show(pc.dim(`$ heddlectl --lab ${lab.options.name} --node ${node} ${words.join(' ')}`));
  const child = spawn(process.execPath, [
    builtFile('heddlectl.mjs'),
    '--lab',
    lab.options.name,
    '--node',
    node,
    ...words,
  ]);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  show(output);
  if (code !== 0) throw new Error(`heddlectl ${words.join(' ')} failed`);
  return output;
}

async function pings(from: LabPod, to: LabPod): Promise<void> {
  heading(`${from.name} pings ${to.name}, on the other node`);
  for (const address of to.addresses)
    await step(from, ['ping', '-n', '-c', '3', '-i', '0.2', '-W', '2', address]);
}

async function throughput(from: LabPod, to: LabPod): Promise<void> {
  heading('one TCP stream across nodes, three seconds');
  const server = spawn('nsenter', [`--net=${to.netns}`, 'iperf3', '-s', '-1'], { stdio: 'ignore' });
  try {
    await sleep(300);
    await step(from, ['iperf3', '-c', to.addresses[0] ?? '', '-t', '3', '-f', 'g']);
  } finally {
    server.kill();
  }
}

async function path(from: LabPod, to: LabPod): Promise<void> {
  heading('the path, as traceroute sees it: own node, other node, pod');
  const { stdout } = await step(from, ['traceroute', '-n', '-q', '1', '-w', '2', to.addresses[0] ?? '']);
  const hops = stdout.trim().split('\n').slice(1);
  if (hops.length !== 3) throw new Error(`expected 3 hops, saw ${hops.length}`);
}

/** tcpdump's own word on what crosses the underlay. */
async function onTheWire(lab: Lab, from: LabPod, to: LabPod): Promise<void> {
  heading('a packet on the underlay, as tcpdump decodes it');
  const argv = ['tcpdump', '-i', 'n1', '-n', '-v', '-c', '1', 'udp', 'port', '4789'];
  show(pc.dim(`fabric$ ${argv.join(' ')}`));
  const capture = execIn(lab.fabricNetns, argv, 10_000);
  await sleep(500);
  await execIn(from.netns, ['ping', '-n', '-c', '1', '-W', '2', to.addresses[0] ?? '']);
  const { stdout } = await capture;
  show(stdout);
  if (!stdout.includes('VXLAN') || !stdout.includes(to.addresses[0] ?? ''))
    throw new Error('tcpdump saw no VXLAN');
}

async function counters(lab: Lab): Promise<void> {
  heading('every packet counted once, by hook and by verdict');
  for (const node of lab.nodes) {
    const output = await heddlectl(lab, node.name, 'stats');
    if (!output.includes('DELIVER_OVERLAY') || !output.includes('DELIVER_POD'))
      throw new Error(`the counters of ${node.name} do not account for the overlay's packets`);
  }
}

async function demo(): Promise<void> {
  heading('a lab: two nodes, two pods each, IPv4 and IPv6');
  const progress = (step: string): void => show(`${pc.dim('lab')}  ${step}`);
  const lab = await labUp({ ...DEFAULT_OPTIONS, name: NAME }, { progress });
  const from = lab.pods.find(pod => pod.name === 'n1-p1');
  const to = lab.pods.find(pod => pod.name === 'n2-p1');
  if (from === undefined || to === undefined) throw new Error('the lab lacks the pods of the demo');
  for (const pod of lab.pods) show(`  ${pod.name} on ${pod.node}: ${pod.addresses.join(', ')}`);
  await pings(from, to);
  await throughput(from, to);
  await path(from, to);
  heading('what node n1 knows');
  await heddlectl(lab, 'n1', 'endpoint', 'list');
  await heddlectl(lab, 'n1', 'route', 'list');
  await onTheWire(lab, from, to);
  await counters(lab);
}

async function tidyUp(): Promise<void> {
  if (keep && findLab(NAME) !== undefined) {
    show(
      `\nThe lab is left up: 'build/heddlectl lab list' shows it, 'build/heddlectl lab down' takes it down.`,
    );
    return;
  }
  await labDown(NAME);
  show(pc.dim('\nall of it is taken down again'));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void labDown(NAME).finally(() => process.exit(130)));
try {
  await demo();
  await tidyUp();
} catch (error) {
  process.stderr.write(
    `${pc.red('the demo failed')}: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  await labDown(NAME);
  process.exitCode = 1;
}
