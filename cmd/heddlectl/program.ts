// The grammar: heddlectl [OPTIONS] OBJECT COMMAND.
import { Command } from 'commander';
import { addApplyCommands } from './policy/apply.ts';
import { addCleanupCommand } from './node/cleanup.ts';
import { addClusterCommands } from './cluster/cluster.ts';
import { addConnectivityCommands } from './connectivity/connectivity.ts';
import { addConntrackCommands } from './tables/conntrack.ts';
import { addDoctorCommand } from './node/doctor.ts';
import { addEndpointCommands } from './tables/endpoint.ts';
import { addGlobalFlags } from './invocation/flags.ts';
import { addLabCommands } from './lab/lab.ts';
import { addLinkCommands } from './programs/link.ts';
import { addMapCommands } from './tables/map.ts';
import { addMigrateCommand } from './node/migrate.ts';
import { addMonitorCommand } from './events/monitor.ts';
import { addNodeCommands } from './tables/node.ts';
import { addPolicyCommands } from './policy/policy.ts';
import { addProgCommands } from './programs/prog.ts';
import { addRouteCommands } from './tables/route.ts';
import { addServiceCommands } from './tables/service.ts';
import { addStatsCommand } from './node/stats.ts';
import { addStatusCommand } from './node/status.ts';
import { addRedactCommand } from './sysdump/redact-command.ts';
import { addSysdumpCommand } from './sysdump/sysdump.ts';
import { addTraceCommand } from './events/trace.ts';
import { addVersionCommand } from './node/version.ts';
import { addCompletionCommand } from './completion/completion.ts';
import { say } from './output/terminal.ts';
import { terminalWidth } from './output/terminal-width.ts';
import { VERSION } from '../../loader/version.ts';

const OBJECTS = [
  ...[addNodeCommands, addEndpointCommands, addRouteCommands, addServiceCommands],
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
    addSysdumpCommand,
    addRedactCommand,
    addConnectivityCommands,
    addCleanupCommand,
    addVersionCommand,
    addLabCommands,
    addMigrateCommand,
    addCompletionCommand,
  ],
];

/** Of help in a pipe, columns. */
const HELP_WIDTH = 100;

export function buildProgram(): Command {
  const program = new Command('heddlectl')
    .description(
      'Inspects Heddle on this node. It reads the pinned maps itself and works without the daemon.',
    )
    .version(`heddlectl ${VERSION}`, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: text => say(asSentence(text)),
      getOutHelpWidth: helpWidth,
      getErrHelpWidth: helpWidth,
    });
  addGlobalFlags(program, 'shown');
  for (const add of OBJECTS) add(program);
  for (const command of leavesOf(program)) addGlobalFlags(command, 'hidden');
  return program;
}

function helpWidth(): number {
  const width = terminalWidth();
  return Number.isFinite(width) ? width : HELP_WIDTH;
}

function leavesOf(command: Command): Command[] {
  return command.commands.flatMap(child => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

/** commander's `error: unknown command 'x'\n(Did you mean y?)` as one line with our prefix. */
function asSentence(text: string): string {
  return `heddlectl: ${text
    .replace(/^error: /, '')
    .trimEnd()
    .replaceAll('\n', ' ')}`;
}
