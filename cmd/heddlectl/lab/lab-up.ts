// heddlectl lab up: its flags, its progress, and Ctrl-C.
import { Option, type Command } from 'commander';
import { colour } from '../output/colour.ts';
import { say } from '../output/terminal.ts';
import type { Families } from '../../../lab/family.ts';
import type { Lab } from '../../../lab/lab.ts';
import { NIC_PROFILES, parseNicChoice } from '../../../lab/nic-profile.ts';
import { DEFAULT_OPTIONS, planLab, type LabOptions } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { choiceOption } from '../invocation/choices.ts';
import { formatOf } from '../invocation/flags.ts';
import { describeLab } from './lab-text.ts';
import { printObject } from '../output/output.ts';
import { terminalWidth } from '../output/terminal-width.ts';
import { fold } from '../output/wrap.ts';
import { UsageError } from '../invocation/usage-error.ts';
import { wholeNumber } from '../invocation/whole-number.ts';

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
    .description('create a lab: network namespaces with real daemons, pods attached by CNI ADD')
    .option('--name <lab>', 'name of the lab, letters and digits', defaults.name)
    .option('--nodes <n>', 'number of nodes', wholeNumber, defaults.nodes)
    .option('--pods <n>', 'pods per node', wholeNumber, defaults.podsPerNode)
    .addOption(new Option('--ipv4', 'pods have IPv4 only').conflicts(['ipv6', 'dualStack']))
    .addOption(new Option('--ipv6', 'pods have IPv6 only').conflicts(['ipv4', 'dualStack']))
    .addOption(new Option('--dual-stack', 'pods have IPv4 and IPv6, the default'))
    .addOption(choice('--encap <mode>', 'destinations that are encapsulated', defaults.encapsulation, MODES))
    .addOption(
      choice(
        '--underlay <shape>',
        'one subnet, one per node, one per pair, or two nodes without a switch',
        defaults.underlay,
        SHAPES,
      ),
    )
    .addOption(choice('--underlay-family <families>', "families of the nodes' addresses", 'dual', FAMILIES))
    .addOption(choice('--xdp <mode>', 'XDP mode of uplink_xdp', defaults.xdp, XDP_MODES))
    .option('--mtu <bytes>', "MTU of the underlay's devices", wholeNumber, defaults.mtu)
    .option(
      '--nic <profiles>',
      'impairments of NICs and paths: profiles from the list below, separated by commas; PROFILE@NODE for one node',
      nicChoices,
      defaults.nic,
    )
    .addHelpText('after', ['', 'NIC profiles:', ...describeProfiles()].join('\n'))
    .action(async (flags: UpFlags, command: Command) => {
      const up = await bringUp(validated(optionsFrom(flags)));
      printObject(formatOf(command), up, () => describeLab(up));
    });
}

const MODES = ['always', 'cross-subnet', 'never'] as const;
const SHAPES = ['flat', 'routed', 'paired', 'cable'] as const;
const FAMILIES = ['ipv4', 'ipv6', 'dual'] as const;
const XDP_MODES = ['off', 'auto', 'native', 'generic'] as const;

function choice(flags: string, text: string, preset: string, choices: readonly string[]): Option {
  return choiceOption(flags, text, choices).default(preset);
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

/** Throws `UsageError` for options that exclude each other. */
function validated(options: LabOptions): LabOptions {
  try {
    planLab(options);
    return options;
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

/** An interrupt removes what was created. */
function bringUp(options: LabOptions): Promise<Lab> {
  const interruption = new AbortController();
  const onSignal = (name: NodeJS.Signals): void =>
    interruption.abort(new Error(`interrupted by ${name}: the lab was removed`));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const progress = (step: string): void => say(`${colour.dim('lab')}  ${step}`);
  return labUp(options, { progress, signal: interruption.signal });
}

/** The option may be repeated. */
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
  return names.map(([name, { text }]) => fold(`  ${name.padEnd(width)}  ${text}`, terminalWidth()));
}
