// heddlectl lab up: its flags, its progress, and Ctrl-C.
import { InvalidArgumentError, Option, type Command } from 'commander';
import { colour } from '../output/colour.ts';
import type { Families } from '../../../lab/family.ts';
import type { Lab } from '../../../lab/lab.ts';
import { NIC_PROFILES, parseNicChoice } from '../../../lab/nic-profile.ts';
import { DEFAULT_OPTIONS, planLab, type LabOptions } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { formatOf } from '../invocation/flags.ts';
import { describeLab } from './lab-text.ts';
import { printObject } from '../output/output.ts';
import { UsageError } from '../invocation/usage-error.ts';

interface UpFlags {
  readonly name: string;
  readonly nodes: number;
  readonly pods: number;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly encap: LabOptions['encapsulation'];
  readonly underlay: LabOptions['underlay'];
  readonly underlayFamily: Families;
  readonly xdp: LabOptions['xdp'];
  readonly mtu: number;
  readonly nic: readonly string[];
}

export function addLabUp(lab: Command): void {
  const defaults = DEFAULT_OPTIONS;
  lab
    .command('up')
    .description('bring a lab up: real daemons, real CNI ADDs')
    .option('--name <lab>', 'its name, letters and digits', defaults.name)
    .option('--nodes <n>', 'nodes', wholeNumber, defaults.nodes)
    .option('--pods <n>', 'pods a node', wholeNumber, defaults.podsPerNode)
    .addOption(new Option('--ipv4', 'pods have IPv4 only').conflicts(['ipv6', 'dualStack']))
    .addOption(new Option('--ipv6', 'pods have IPv6 only').conflicts(['ipv4', 'dualStack']))
    .addOption(new Option('--dual-stack', 'pods have both, as without any of these'))
    .addOption(
      choice('--encap <mode>', 'which destinations go through the overlay', defaults.encapsulation, MODES),
    )
    .addOption(
      choice(
        '--underlay <shape>',
        'one subnet, one a node, one a pair, or two nodes without a switch',
        defaults.underlay,
        SHAPES,
      ),
    )
    .addOption(choice('--underlay-family <families>', "of the nodes' addresses", 'dual', FAMILIES))
    .addOption(choice('--xdp <mode>', 'how uplink_xdp is attached', defaults.xdp, XDP_MODES))
    .option('--mtu <bytes>', "of the underlay's devices", wholeNumber, defaults.mtu)
    .option(
      '--nic <profiles>',
      'how NICs and the path between them differ from perfect wires: names from below, by commas, PROFILE@NODE at one node',
      nicChoices,
      defaults.nic,
    )
    .addHelpText('after', ['', 'NIC profiles:', ...describeProfiles()].join('\n'))
    .action(async (flags: UpFlags, command: Command) => {
      const up = await bringUp(plannable(optionsFrom(flags)));
      printObject(formatOf(command), up, () => describeLab(up));
    });
}

const MODES = ['always', 'cross-subnet', 'never'] as const;
const SHAPES = ['flat', 'routed', 'paired', 'cable'] as const;
const FAMILIES = ['ipv4', 'ipv6', 'dual'] as const;
const XDP_MODES = ['off', 'auto', 'native', 'generic'] as const;

function choice(flags: string, text: string, preset: string, choices: readonly string[]): Option {
  return new Option(flags, text).choices(choices).default(preset);
}

function optionsFrom(flags: UpFlags): LabOptions {
  return {
    name: flags.name,
    nodes: flags.nodes,
    podsPerNode: flags.pods,
    families: flags.ipv6 === true ? 'ipv6' : flags.ipv4 === true ? 'ipv4' : 'dual',
    underlayFamilies: flags.underlayFamily,
    underlay: flags.underlay,
    encapsulation: flags.encap,
    xdp: flags.xdp,
    mtu: flags.mtu,
    nic: flags.nic,
    config: {},
  };
}

/** Options that contradict each other are the caller's mistake: exit 2. */
function plannable(options: LabOptions): LabOptions {
  try {
    planLab(options);
    return options;
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

/** Interrupted, it takes down what it has brought up. */
function bringUp(options: LabOptions): Promise<Lab> {
  const interruption = new AbortController();
  const onSignal = (name: NodeJS.Signals): void =>
    interruption.abort(new Error(`interrupted by ${name}: the lab has been taken down again`));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const progress = (step: string): void => void process.stderr.write(`${colour.dim('lab')}  ${step}\n`);
  return labUp(options, { progress, signal: interruption.signal });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Given more than once, it is the profiles of all. */
function nicChoices(text: string, earlier: readonly string[]): string[] {
  const choices = text.split(',');
  try {
    choices.forEach(parseNicChoice);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  return [...earlier, ...choices];
}

function describeProfiles(): string[] {
  const names = Object.entries(NIC_PROFILES);
  const width = Math.max(...names.map(([name]) => name.length));
  return names.map(([name, { text }]) => `  ${name.padEnd(width)}  ${text}`);
}
