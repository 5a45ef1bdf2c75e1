// The grammar: heddlectl [OPTIONS] OBJECT COMMAND, an object a file.
import { Command } from 'commander';
import { addApplyCommands } from './apply.ts';
import { addCleanupCommand } from './cleanup.ts';
import { addClusterCommands } from './cluster.ts';
import { addConntrackCommands } from './conntrack.ts';
import { addDoctorCommand } from './doctor.ts';
import { addEndpointCommands } from './endpoint.ts';
import { addGlobalFlags } from './flags.ts';
import { addLabCommands } from './lab.ts';
import { addLinkCommands } from './link.ts';
import { addMapCommands } from './map.ts';
import { addMigrateCommand } from './migrate.ts';
import { addMonitorCommand } from './monitor.ts';
import { addNodeCommands } from './node.ts';
import { addPolicyCommands } from './policy.ts';
import { addProgCommands } from './prog.ts';
import { addRouteCommands } from './route.ts';
import { addStatsCommand } from './stats.ts';
import { addStatusCommand } from './status.ts';
import { addTraceCommand } from './trace.ts';
import { addVersionCommand } from './version.ts';

const OBJECTS = [
  ...[addNodeCommands, addEndpointCommands, addRouteCommands],
  ...[
    addPolicyCommands,
    addApplyCommands,
    addClusterCommands,
    addConntrackCommands,
    addTraceCommand,
    addMonitorCommand,
  ],
  ...[addMapCommands, addProgCommands, addLinkCommands],
  ...[
    addStatsCommand,
    addStatusCommand,
    addDoctorCommand,
    addCleanupCommand,
    addVersionCommand,
    addLabCommands,
    addMigrateCommand,
  ],
];

export function buildProgram(): Command {
  const program = new Command('heddlectl')
    .description('Inspects Heddle: it reads pinned maps itself, and works while the daemon is down.')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: text => process.stderr.write(asSentence(text)) });
  addGlobalFlags(program, 'shown');
  for (const add of OBJECTS) add(program);
  for (const command of leavesOf(program)) addGlobalFlags(command, 'hidden');
  return program;
}

function leavesOf(command: Command): Command[] {
  return command.commands.flatMap(child => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

/** commander's `error: unknown command 'x'\n(Did you mean y?)` as one line of ours. */
function asSentence(text: string): string {
  return `heddlectl: ${text
    .replace(/^error: /, '')
    .trimEnd()
    .replaceAll('\n', ' ')}\n`;
}
