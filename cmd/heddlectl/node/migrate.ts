// heddlectl migrate: converts the configuration of another network.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { messageOf } from '../../../loader/errors.ts';
import { fromFlannel } from '../../../loader/config/from-flannel.ts';
import { formatOf } from '../invocation/flags.ts';
import { printObject } from '../output/output.ts';
import { UsageError } from '../invocation/usage-error.ts';

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description("convert another network's configuration")
    .command('flannel <net-conf.json>')
    .description("convert flannel's net-conf.json to a heddled.yaml")
    .action((path: string, _flags: unknown, command: Command) => {
      const { settings, clusterInit, notes } = fromFlannel(readText(path));
      printObject(formatOf(command), { settings, clusterInit, notes }, () => [
        ...notes.map(note => `# ${note}`),
        ...(clusterInit.length === 0
          ? []
          : [`# with etcd as the source: heddlectl cluster init ${clusterInit.join(' ')}`]),
        ...(Object.keys(settings).length === 0
          ? ['# all settings have their defaults']
          : [stringify(settings).trimEnd()]),
      ]);
    });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`'${path}' cannot be read: ${messageOf(error)}`);
  }
}
