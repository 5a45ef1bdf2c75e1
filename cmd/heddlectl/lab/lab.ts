// heddlectl lab: clusters of network namespaces on this machine.
import type { Command } from 'commander';
import { colour } from '../output/colour.ts';
import { daemonOf } from '../../../lab/daemon.ts';
import { labDown } from '../../../lab/down.ts';
import { execAttached } from '../../../lab/exec.ts';
import { netnsOf, type Lab } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS } from '../../../lab/plan.ts';
import { listLabs } from '../../../lab/registry.ts';
import { hasRemnants } from '../../../lab/remnants.ts';
import { formatOf, labFlagOf } from '../invocation/flags.ts';
import { addLabUp } from './lab-up.ts';
import { describeLab } from './lab-text.ts';
import { printObject } from '../output/output.ts';
import { labNamed } from '../invocation/target.ts';

/** Of who names none: theOnly(). */
const MEANT = `the only one, or the one named ${DEFAULT_OPTIONS.name}`;

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
    .argument('[name]', `which lab; without a name, ${MEANT}`)
    .description('take a lab down; nothing of it is left')
    .option('--all', 'every lab on this machine')
    .action(async (name: string | undefined, flags: { all?: true }) => {
      const there = listLabs().map(one => one.options.name);
      if (name === undefined && there.length === 0 && !hasRemnants(theOnly(there)))
        return void process.stderr.write('no lab is up\n');
      for (const one of flags.all === true ? there : [name ?? theOnly(there)]) await takeDown(one);
    });
}

async function takeDown(name: string): Promise<void> {
  const wasThere = hasRemnants(name);
  await labDown(name);
  process.stderr.write(`${colour.dim('lab')}  ${name} ${wasThere ? 'is down' : 'was not up'}\n`);
}

function addList(lab: Command): void {
  lab
    .command('list')
    .alias('show')
    .description('labs with their nodes, pods, namespaces, sockets and pin roots')
    .action((_flags: unknown, command: Command) => {
      const labs = listLabs().map(withDaemons);
      printObject(formatOf(command), labs, () =>
        labs.length === 0 ? ['no labs'] : labs.flatMap(describeLab),
      );
    });
}

/** With the process id of every daemon that runs. */
function withDaemons(lab: Lab): Lab {
  const nodes = lab.nodes.map(node => ({ ...node, daemonPid: daemonOf(node)?.pid ?? null }));
  return { ...lab, nodes };
}

function addExec(lab: Command): void {
  lab
    .command('exec')
    .argument('<where>', 'a pod, a node, fabric or outside')
    .argument('<command...>', 'the command and its arguments, after --')
    .description(
      `run a command in the network namespace of one of the lab's parties; --lab says of which lab, else it is ${MEANT}`,
    )
    .passThroughOptions()
    .action(async (where: string, argv: string[], _flags: unknown, command: Command) => {
      process.exitCode = await execAttached(netnsOf(labMeant(labFlagOf(command)), where), argv);
    });
}

function labMeant(name: string | undefined): Lab {
  return labNamed(name ?? theOnly(listLabs().map(lab => lab.options.name)));
}

/** Who does not say which lab means the only one there is, or the one that `lab up` makes without a name. */
function theOnly(names: readonly string[]): string {
  const [only] = names;
  return names.length === 1 && only !== undefined ? only : DEFAULT_OPTIONS.name;
}
