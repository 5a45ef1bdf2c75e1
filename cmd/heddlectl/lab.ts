// heddlectl lab up|down|list|exec: a cluster of network namespaces on this machine.
import { InvalidArgumentError, Option, type Command } from 'commander';
import pc from 'picocolors';
import { labDown } from '../../lab/down.ts';
import { execAttached } from '../../lab/exec.ts';
import { netnsOf, type Lab } from '../../lab/lab.ts';
import { DEFAULT_OPTIONS, type LabOptions } from '../../lab/plan.ts';
import { findLab, listLabs } from '../../lab/registry.ts';
import { labUp } from '../../lab/up.ts';
import { formatOf } from './format.ts';
import { printObject } from './output.ts';

interface UpFlags {
  readonly name: string;
  readonly nodes: number;
  readonly pods: number;
  readonly ipv6?: true;
  readonly ipv4?: true;
  readonly encap: LabOptions['encapsulation'];
  readonly underlay: LabOptions['underlay'];
  readonly underlayFamily: LabOptions['underlayFamilies'];
  readonly xdp: LabOptions['xdp'];
  readonly mtu: number;
}

export function addLabCommands(program: Command): void {
  const lab = program.command('lab').description('clusters of network namespaces on this machine');
  addUp(lab);
  lab
    .command('down [name]')
    .description('take a lab down; nothing of it is left')
    .option('--all', 'every lab on this machine')
    .action(async (name: string | undefined, flags: { all?: true }) => {
      const names = flags.all ? listLabs().map(one => one.options.name) : [name ?? DEFAULT_OPTIONS.name];
      for (const one of names) await labDown(one);
    });
  lab
    .command('list')
    .description('labs with their nodes, pods, namespaces, sockets and pin roots')
    .action((_flags: unknown, command: Command) => {
      const labs = listLabs();
      printObject(formatOf(command), labs, () => labs.flatMap(describe));
    });
  lab
    .command('exec <party> <command...>')
    .description('run a command in the namespace of a pod, a node, fabric or outside')
    .option('--name <lab>', 'which lab', DEFAULT_OPTIONS.name)
    .passThroughOptions()
    .action(async (party: string, argv: string[], flags: { name: string }) => {
      process.exitCode = await execAttached(netnsOf(labNamed(flags.name), party), argv);
    });
}

function addUp(lab: Command): void {
  const defaults = DEFAULT_OPTIONS;
  const families = ['ipv4', 'ipv6', 'dual'];
  lab
    .command('up')
    .description('bring a lab up: real daemons, real CNI ADDs')
    .option('--name <lab>', 'its name', defaults.name)
    .option('--nodes <n>', 'nodes', wholeNumber, defaults.nodes)
    .option('--pods <n>', 'pods a node', wholeNumber, defaults.podsPerNode)
    .option('--ipv4', 'pods have IPv4 only')
    .option('--ipv6', 'pods have IPv6 only')
    .option('--dual-stack', 'pods have both (default)')
    .addOption(
      new Option('--encap <mode>', 'which destinations go through the overlay')
        .choices(['always', 'cross-subnet', 'never'])
        .default(defaults.encapsulation),
    )
    .addOption(
      new Option('--underlay <shape>', 'one subnet, one a node, or one for every two nodes')
        .choices(['flat', 'routed', 'paired'])
        .default(defaults.underlay),
    )
    .addOption(
      new Option('--underlay-family <families>', "of the nodes' addresses").choices(families).default('dual'),
    )
    .addOption(
      new Option('--xdp <mode>', 'of uplink_xdp')
        .choices(['off', 'auto', 'native', 'generic'])
        .default(defaults.xdp),
    )
    .option('--mtu <bytes>', 'of the underlay', wholeNumber, defaults.mtu)
    .action(async (flags: UpFlags, command: Command) => {
      const up = await bringUp(optionsFrom(flags));
      printObject(formatOf(command), up, () => describe(up));
    });
}

function optionsFrom(flags: UpFlags): LabOptions {
  return {
    name: flags.name,
    nodes: flags.nodes,
    podsPerNode: flags.pods,
    families: flags.ipv6 ? 'ipv6' : flags.ipv4 ? 'ipv4' : 'dual',
    underlayFamilies: flags.underlayFamily,
    underlay: flags.underlay,
    encapsulation: flags.encap,
    xdp: flags.xdp,
    mtu: flags.mtu,
    config: {},
  };
}

/** Interrupted, it takes down what it has brought up. */
function bringUp(options: LabOptions): Promise<Lab> {
  const interruption = new AbortController();
  const onSignal = (name: NodeJS.Signals): void =>
    interruption.abort(new Error(`interrupted by ${name}: the lab is taken down again`));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const progress = (step: string): void => void process.stderr.write(`${pc.dim('lab')}  ${step}\n`);
  return labUp(options, { progress, signal: interruption.signal });
}

function labNamed(name: string): Lab {
  const lab = findLab(name);
  if (lab !== undefined) return lab;
  const names = listLabs().map(one => one.options.name);
  const hint = names.length === 0 ? "bring one up with 'heddlectl lab up'" : `there is ${names.join(', ')}`;
  throw new Error(`no lab is named '${name}': ${hint}`);
}

function describe(lab: Lab): string[] {
  return [
    pc.bold(`lab ${lab.options.name}`),
    ...lab.nodes.flatMap(node => [
      `  node ${node.name}  ${node.addresses.join(' ')}  pods ${node.podCidrs.join(' ')}  netns ${node.netns}`,
      `    socket ${node.socket}  pins ${node.pinRoot}  log ${node.logFile}`,
      ...lab.pods
        .filter(pod => pod.node === node.name)
        .map(pod => `    pod ${pod.name}  ${pod.addresses.join(' ')}  netns ${pod.netns}`),
    ]),
    `  outside  ${lab.outside.addresses.join(' ')}  netns ${lab.outside.netns}`,
  ];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('it must be a whole number.');
  return Number(text);
}
