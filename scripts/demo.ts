// make demo: two nodes, four pods, and packets seen on the wire. Every step is checked; KEEP=1 leaves the lab up,
// LAB=name gives it another name than 'demo'.
import { messageOf } from '../loader/errors.ts';
import { colour } from '../cmd/heddlectl/output/colour.ts';
import { labDown } from '../lab/down.ts';
import { DEFAULT_OPTIONS } from '../lab/plan.ts';
import { findLab } from '../lab/registry.ts';
import { labUp } from '../lab/up.ts';
import { podNamed } from './demo/demo-topology.ts';
import { heading, note } from './demo/print.ts';
import { counters, ping, tables, throughput, traceroute, wire } from './demo/steps.ts';

const NAME = process.env['LAB'] ?? 'demo';

async function demo(signal: AbortSignal): Promise<void> {
  heading('a lab: two nodes, two pods each, IPv4 and IPv6');
  if (findLab(NAME) !== undefined) {
    note('an earlier demo is still up: it is taken down first');
    await labDown(NAME);
  }
  const lab = await labUp({ ...DEFAULT_OPTIONS, name: NAME }, { progress: note, signal });
  const [from, to] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
  for (const pod of lab.pods) note(`${pod.name} on ${pod.node}: ${pod.addresses.join(', ')}`);
  const steps = [ping, throughput, traceroute, tables, wire, counters];
  for (const step of steps) {
    signal.throwIfAborted();
    await step({ lab, from, to });
  }
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => interruption.abort(new Error(`interrupted by ${name}`)));
  try {
    await demo(interruption.signal);
  } catch (error) {
    process.stderr.write(`\n${colour.red('the demo failed')}: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
  if (process.exitCode === undefined && process.env['KEEP'] === '1') {
    note('\nThe lab is left up. Try: build/heddlectl lab list');
    note(`                         build/heddlectl lab exec --lab ${NAME} n1-p1 -- ping 10.244.2.2`);
    note(`                         build/heddlectl lab down ${NAME}`);
    return;
  }
  await labDown(NAME);
  note('\nall of it is taken down again');
}

await main();
