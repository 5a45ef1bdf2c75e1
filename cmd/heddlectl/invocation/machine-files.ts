// Whose files a command is about: the machine's are not those of a lab's node.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../../loader/config.ts';
import { CNI_DIRECTORY } from '../../../loader/network/cni-configurations.ts';
import { labFlagOf } from './flags.ts';

/** Linux has it in the first network namespace only (net_core_table in net/core/sysctl_net_core.c). */
const OF_FIRST_NETNS = '/proc/sys/net/core/netdev_budget';

/**
 * The runtime's directory: that of the configuration; otherwise the machine's, unless the node is a lab's or another network
 * namespace: the machine's runtime makes no pods there, and its files are not that node's. Undefined: no runtime is known.
 */
export function cniDirectoryOf(command: Command, config: Config | undefined): string | undefined {
  const confFile = config?.cni.confFile ?? '';
  if (confFile !== '') return dirname(confFile);
  return isOfMachine(command) ? CNI_DIRECTORY : undefined;
}

export function isOfMachine(command: Command): boolean {
  return labFlagOf(command) === undefined && existsSync(OF_FIRST_NETNS);
}
