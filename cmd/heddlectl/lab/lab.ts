// heddlectl lab: clusters of network namespaces on this machine.
import type { Command } from 'commander';
import { colour } from '../output/colour.ts';
import { say } from '../output/terminal.ts';
import { daemonOf } from '../../../lab/daemon.ts';
import { labDown } from '../../../lab/down.ts';
import { execAttached } from '../../../lab/exec.ts';
import { netnsOf, type Lab } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS } from '../../../lab/plan.ts';
import { listLabs } from '../../../lab/registry.ts';
import { hasRemnants } from '../../../lab/remnants.ts';
import { wordList } from '../../../loader/config/word-list.ts';
import { formatOf, labFlagOf } from '../invocation/flags.ts';
import { addLabUp } from './lab-up.ts';
import { describeLab } from './lab-text.ts';
import { printObject } from '../output/output.ts';
import { labNamed, noSuchLab } from '../invocation/target.ts';
import { UsageError } from '../invocation/usage-error.ts';

/** For help texts: see onlyLabName(). */
const DEFAULT_LAB = 'the only lab';

export function addLabCommands(program: Command): void {
  const lab = program.command('lab').description('clusters of network namespaces on this machine');
  addLabUp(lab);
  addDown(lab);
  addList(lab);
  addExec(lab);
}

function addDown(lab: Command): void {
  lab
    .command('down')
    .argument('[name]', `name of the lab; default: ${DEFAULT_LAB}`)
    .description('remove a lab with all its namespaces, processes and files')
    .option('--all', 'every lab on this machine')
    .action(async (name: string | undefined, flags: { all?: true }, command: Command) => {
      const there = listLabs().map(one => one.options.name);
      if (flags.all === true && there.length === 0) throw new Error('no lab is up');
      const names = flags.all === true ? there : [name ?? onlyLabName('name one of')];
      for (const one of names) await takeDown(one);
      const rows = names.map(one => ({ name: one, outcome: 'down' }));
      printObject(formatOf(command), rows, () => []); // said on standard error, as it happens
    });
}

async function takeDown(name: string): Promise<void> {
  if (!hasRemnants(name)) throw new Error(noSuchLab(name).message);
  await labDown(name);
  say(`${colour.dim('lab')}  ${name} is down`);
}

function addList(lab: Command): void {
  lab
    .command('list')
    .alias('show')
    .description('list labs with their nodes, pods, namespaces, sockets and pin roots')
    .action((_flags: unknown, command: Command) => {
      const labs = listLabs().map(withDaemons);
      printObject(formatOf(command), labs, () =>
        labs.length === 0 ? ['no labs'] : labs.flatMap(describeLab),
      );
    });
}

/** Adds the process id of each running daemon. */
function withDaemons(lab: Lab): Lab {
  const nodes = lab.nodes.map(node => ({ ...node, daemonPid: daemonOf(node)?.pid ?? null }));
  return { ...lab, nodes };
}

function addExec(lab: Command): void {
  lab
    .command('exec')
    .argument('<where>', 'a pod, a node, fabric or outside')
    .argument('<command...>', 'the command and its arguments, after --')
    .description(`run a command in a network namespace of the lab; default of --lab: ${DEFAULT_LAB}`)
    .passThroughOptions()
    .action(async (where: string, argv: string[], _flags: unknown, command: Command) => {
      process.exitCode = await execAttached(netnsOf(labOrDefault(labFlagOf(command)), where), argv);
    });
}

function labOrDefault(name: string | undefined): Lab {
  return labNamed(name ?? onlyLabName('add --lab with one of'));
}

/** Of a lab that is half up, only its default name is known. */
function onlyLabName(cure: string): string {
  const names = listLabs().map(lab => lab.options.name);
  const [only] = names;
  if (names.length > 1) throw new UsageError(`several labs are up: ${cure} ${wordList(names, 'or')}`);
  return only ?? DEFAULT_OPTIONS.name;
}
