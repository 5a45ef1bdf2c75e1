// heddlectl cleanup: removes everything that Heddle created on the machine, and nothing else.
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { openSocket } from 'rtnetlink';
import { deleteSpoolOf } from '../../../loader/agent/delete-spool.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import type { Config } from '../../../loader/config.ts';
import { lastGoodPath, sourceKinds } from '../../../loader/config/source-kinds.ts';
import { removeAllPins } from '../../../loader/programs/cleanup.ts';
import { cleanNetwork } from '../../../loader/network/cleanup.ts';
import { removeCniFiles } from '../../../loader/network/cni-files.ts';
import { createNft } from '../../../loader/network/nft.ts';
import { networkNames } from '../../../loader/reconcilers/network-names.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { ranInside } from '../invocation/inside-netns.ts';
import { printObject } from '../output/output.ts';
import { requireConfig, type Target } from '../invocation/target.ts';

/** Directories of attachment records, with the former name of cooldown/. */
const STATE_FOLDERS = ['attachments', 'cooldown', 'resting', 'damaged'];

export function addCleanupCommand(program: Command): void {
  program
    .command('cleanup')
    .description('remove this install: CNI files, pins, links, devices, routes, nftables, state')
    .option('--force', 'even while the daemon runs; it will create much of it again')
    .action(async (flags: { force?: true }, command: Command) => {
      const target = targetOf(command);
      if (ranInside(target)) return; // filters of clsact are found by device
      const removed = await cleanUp(target, flags.force === true);
      printObject(formatOf(command), removed, () => (removed.length > 0 ? removed : ['nothing to remove']));
    });
}

/** One line for each removed object. */
async function cleanUp(target: Target, force: boolean): Promise<string[]> {
  const config = requireConfig(target, 'cleanup');
  if (!force && existsSync(config.socket) && (await askStatus(config.socket)) !== undefined)
    throw new Error(`heddled is running on ${config.socket}: stop it first, or use --force`);
  const unused = removeCniFiles(config.cni); // first, so that the runtime no longer calls the plugin
  const pins = removeAllPins(target.pinRoot);
  using socket = openSocket({ netns: target.netns });
  const changes = await cleanNetwork(socket, createNft(target.netns), networkNames(config));
  return [
    ...unused.map(({ subject, action }) => `${subject}: ${action}`),
    ...(pins === 0 ? [] : [`${target.pinRoot}: ${pins} pins and links removed`]),
    ...changes.map(({ subject, action }) => `${subject}: ${action}`),
    ...removeFiles(config),
  ];
}

function removeFiles({ stateDir, socket }: Config): string[] {
  const folders = STATE_FOLDERS.map(name => join(stateDir, name));
  const lastGood = sourceKinds.map(kind => lastGoodPath(stateDir, kind));
  const files = [...folders, ...lastGood, socket, deleteSpoolOf(socket)].filter(existsSync);
  for (const path of files) rmSync(path, { recursive: true });
  for (const folder of [stateDir, dirname(socket)]) removeIfEmpty(folder);
  return files.map(path => `${path}: removed`);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it does not exist, or has files of others
  }
}
