// heddlectl version.
import { release } from 'node:os';
import type { Command } from 'commander';
import { VERSION } from '../../../loader/version.ts';
import { formatOf } from '../invocation/flags.ts';
import { printObject } from '../output/output.ts';

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description('the version of heddlectl, and of the kernel it runs on')
    .action((_flags: unknown, command: Command) => {
      const versions = { heddlectl: VERSION, kernel: release() };
      printObject(formatOf(command), versions, () => [`heddlectl ${VERSION}`, `kernel ${versions.kernel}`]);
    });
}
