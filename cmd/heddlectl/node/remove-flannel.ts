// heddlectl migrate remove-flannel: what flannel has left on this node goes, line by line, and nothing of others.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { openSocket } from 'rtnetlink';
import type { Config } from '../../../loader/config.ts';
import { HOST_LOCAL_DIRECTORY } from '../../../loader/config/schema.ts';
import type { FlannelPaths } from '../../../loader/network/flannel-files.ts';
import { findFlannelRemains, type FlannelRemains } from '../../../loader/network/flannel-remains.ts';
import { createNft } from '../../../loader/network/nft.ts';
import { removeEach } from '../../../loader/network/remain.ts';
import { cniDirectoryOf, isOfMachine } from '../invocation/machine-files.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { ranInside } from '../invocation/inside-netns.ts';
import { requireConfig } from '../invocation/target.ts';
import { UsageError } from '../invocation/usage-error.ts';
import { printObject } from '../output/output.ts';

interface Flags {
  readonly dryRun?: true;
  readonly force?: true;
  readonly subnetFile?: string;
}

/** Of flannel's option of that name. */
const SUBNET_FILE = '/run/flannel/subnet.env';

export function addRemoveFlannelCommand(migrate: Command): void {
  migrate
    .command('remove-flannel')
    .description(
      "remove flannel's devices, routes, rules and files from this node, after flannel has ended here",
    )
    .option('--dry-run', 'only print what would be removed')
    .option(
      '--subnet-file <file>',
      `flannel's --subnet-file; default: ${SUBNET_FILE}, and none in a lab or another network namespace`,
    )
    .option('--force', 'even while flannel runs, or pods are on its bridge: they lose their network')
    .action(async (flags: Flags, command: Command) => {
      const target = targetOf(command);
      const config = requireConfig(target, 'migrate');
      assertSubnetFile(flags.subnetFile);
      if (await ranInside(target)) return;
      using socket = openSocket();
      const found = await findFlannelRemains(socket, createNft(), {
        ...pathsOf(config, isOfMachine(command), flags.subnetFile),
        confDir: cniDirectoryOf(command, config),
      });
      // The machine's flanneld makes nothing on a node in another network namespace.
      const obstacles = [...(isOfMachine(command) ? running() : []), ...found.obstacles];
      const isDry = flags.dryRun === true;
      if (obstacles.length > 0 && !isDry && flags.force !== true) throw new Error(obstacles.join('; '));
      const lines = isDry ? planned(found, obstacles) : await removeAll(found);
      printObject(formatOf(command), lines, () =>
        lines.length > 0 ? lines : ['nothing of flannel is left here'],
      );
    });
}

/** What nobody has named is the machine's, and another node has none of it. */
function pathsOf(
  { flannel: { hostLocalDir } }: Config,
  isMachine: boolean,
  subnetFile = isMachine ? SUBNET_FILE : undefined,
): Omit<FlannelPaths, 'confDir'> {
  const isNamed = hostLocalDir !== HOST_LOCAL_DIRECTORY;
  return { subnetFile, hostLocalDir: isMachine || isNamed ? hostLocalDir : undefined };
}

/** It goes, so it must be flannel's. Absent: it has gone. */
function assertSubnetFile(path: string | undefined): void {
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === undefined || stat === undefined) return;
  const what = stat.isFile()
    ? 'without a line FLANNEL_…='
    : stat.isDirectory()
      ? 'a directory'
      : 'no regular file';
  if (stat.isFile() && /^FLANNEL_\w+=/m.test(readFileSync(path, 'utf8'))) return;
  throw new UsageError(
    `--subnet-file: '${path}' is ${what}: expected is what flannel has written at ${SUBNET_FILE}`,
  );
}

/** It would make again what is removed. In a container without the node's processes it is not seen. */
function running(): string[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && commandOf(name) === 'flanneld');
  return pids.map(
    pid => `flanneld runs (pid ${pid}): take its DaemonSet from this node first, or use --force`,
  );
}

function commandOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined; // it has ended meanwhile
  }
}

function planned({ remains, left }: FlannelRemains, obstacles: readonly string[]): string[] {
  return [
    ...obstacles.map(text => `refused without --force: ${text}`),
    ...remains.map(({ subject, what }) => `${subject}: would be removed (${what})`),
    ...left,
  ];
}

/**
 * The exit status says whether Heddle can start. A rule or a file that stays is told, and no more: by then the configuration
 * has gone, and a container that is tried for ever would leave the node without any network.
 */
async function removeAll({ remains, left }: FlannelRemains): Promise<string[]> {
  const { lines, isBlocked } = await removeEach(remains);
  if (isBlocked) process.exitCode = 1;
  return [...lines, ...left];
}
