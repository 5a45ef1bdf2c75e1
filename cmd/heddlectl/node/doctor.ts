// heddlectl doctor: finds problems of this node, with a command that fixes each.
import type { Command } from 'commander';
import { listAddresses, listLinks, listRoutes, openSocket, type RtnetlinkSocket } from 'rtnetlink';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { DEFAULT_CONFIG_PATH } from '../../../loader/config.ts';
import { adviceFor, surroundings } from '../../../loader/config/advice.ts';
import { examine } from '../../../loader/doctor/examine.ts';
import type { Finding, Severity } from '../../../loader/doctor/finding.ts';
import type { DoctorContext } from '../../../loader/doctor/doctor-context.ts';
import { ownAddressesOf, ownCidrsOf, peersOf } from '../../../loader/doctor/peers.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { chooseUplink } from '../../../loader/network/uplink.ts';
import { colour } from '../output/colour.ts';
import { cniDirectoryOf } from '../invocation/machine-files.ts';
import { formatOf, targetOf, targetWords } from '../invocation/flags.ts';
import { ranInside } from '../invocation/inside-netns.ts';
import { readNames } from '../tables/names.ts';
import { printRows } from '../output/output.ts';
import { openAll, withMaps } from '../tables/pinned.ts';
import type { Column } from '../output/table.ts';
import { requireConfig, type Target } from '../invocation/target.ts';
import { CNI_DIRECTORY } from '../../../loader/network/cni-configurations.ts';

const TINTS: Readonly<Record<Severity, (text: string) => string>> = {
  ok: colour.green,
  warning: colour.yellow,
  error: colour.red,
};

const columns: readonly Column<Finding>[] = [
  { title: 'CHECK', text: row => row.check },
  { title: 'SEVERITY', text: row => row.severity, tint: (row, text) => TINTS[row.severity](text) },
  {
    title: 'FINDING',
    text: ({ text, command }) => (command === undefined ? text : `${text}; fix it with: ${command}`),
  },
];

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .option(
      '--cni-dir <dir>',
      `directory of the runtime's network configurations; default: that of cni.confFile, or ${CNI_DIRECTORY}; in a lab, or another network namespace than the machine's, none`,
    )
    .description('find problems of this node, with the command that fixes each')
    .action(async ({ cniDir }: { readonly cniDir?: string }, command: Command) => {
      const target = targetOf(command);
      if (await ranInside(target)) return; // the checks send packets and read /proc
      const found = await diagnose(target, command, cniDir ?? cniDirectoryOf(command, target.config));
      printRows(formatOf(command), found, columns);
      if (found.some(({ severity }) => severity === 'error')) process.exitCode = 1;
    });
}

async function diagnose(
  target: Target,
  command: Command,
  cniDirectory: string | undefined,
): Promise<Finding[]> {
  using socket = openSocket();
  const names = await readNames(target);
  const inputs = { target, command, cniDirectory, socket, nodes: names.nodes };
  return await withMaps(target, maps => {
    const mapProblem = problemOf(maps);
    return examine(contextOf(mapProblem === undefined ? { ...inputs, maps } : { ...inputs, mapProblem }));
  });
}

/** Why not all maps can be read: nothing is pinned yet, a pin is missing, this program is of another build. */
function problemOf(maps: MapSet): string | undefined {
  try {
    openAll(maps);
    return undefined;
  } catch (error) {
    if (error instanceof HeddleError) return error.message;
    throw error;
  }
}

interface ContextInputs {
  readonly target: Target;
  readonly command: Command;
  readonly cniDirectory: string | undefined;
  readonly socket: RtnetlinkSocket;
  readonly nodes: ReadonlyMap<number, string>;
  readonly maps?: MapSet;
  readonly mapProblem?: string;
}

function contextOf(inputs: ContextInputs): DoctorContext {
  const { target, command, cniDirectory, socket, nodes, maps, mapProblem } = inputs;
  const config = requireConfig(target, 'doctor');
  return {
    ...{ config, cniDirectory, socket, maps, mapProblem },
    heddlectl: [adviceFor(surroundings()).heddlectl, ...targetWords(command)].join(' '),
    configFile: target.configFile ?? DEFAULT_CONFIG_PATH,
    uplink: uplinkOf(socket, config.uplink, maps),
    ownCidrs: maps === undefined ? [] : ownCidrsOf(maps),
    peers: maps === undefined ? [] : peersOf(maps, nodes),
  };
}

function uplinkOf(
  socket: RtnetlinkSocket,
  device: string,
  maps: MapSet | undefined,
): DoctorContext['uplink'] {
  const state = { links: listLinks(socket), addresses: listAddresses(socket), routes: listRoutes(socket) };
  const nodeAddresses = maps === undefined ? [] : ownAddressesOf(maps);
  try {
    const { name, index } = chooseUplink({ nodeAddresses, ...(device !== 'auto' && { device }) }, state);
    return { name, ifindex: index };
  } catch (error) {
    if (error instanceof HeddleError) return undefined;
    throw error;
  }
}
