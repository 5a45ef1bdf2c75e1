// heddlectl cleanup: removes everything that Heddle created on the machine, and nothing else.
import type { Command } from 'commander';
import { uninstall } from '../../../loader/agent/uninstall.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { ranInside } from '../invocation/inside-netns.ts';
import { printObject } from '../output/output.ts';
import { requireConfig } from '../invocation/target.ts';

export function addCleanupCommand(program: Command): void {
  program
    .command('cleanup')
    .description(
      'remove this install: CNI files, pins, links, devices, routes, nftables, state; put sysctls back',
    )
    .option('--force', 'even while the daemon runs; it will create much of it again')
    .action(async (flags: { force?: true }, command: Command) => {
      const target = targetOf(command);
      const config = requireConfig(target, 'cleanup');
      if (await ranInside(target)) return; // devices, locks and clsact filters are the namespace's
      const changes = await uninstall(config, flags.force === true);
      const lines = changes.map(({ subject, action }) => `${subject}: ${action}`);
      printObject(formatOf(command), lines, () => (lines.length > 0 ? lines : ['nothing to remove']));
    });
}
