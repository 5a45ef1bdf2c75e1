// heddlectl migrate: converts the configuration of another network, and takes away what it has left.
import type { Command } from 'commander';
import { stringify } from 'yaml';
import {
  FLANNEL_ANNOTATION_PREFIX,
  fromFlannel,
  type FromFlannel,
} from '../../../loader/config/from-flannel.ts';
import { migrationConfigMap } from '../../../loader/config/migration-config-map.ts';
import { checkFlannelCluster, type CheckedCluster } from '../../../loader/sources/flannel/migration-check.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { formatOf } from '../invocation/flags.ts';
import { nameOf } from '../invocation/manifest-documents.ts';
import { printObject } from '../output/output.ts';
import { UsageError } from '../invocation/usage-error.ts';
import { netConfIn, nodeDocumentsIn } from './flannel-input.ts';
import { addRemoveFlannelCommand } from './remove-flannel.ts';

interface Flags {
  readonly nodes?: string;
  readonly annotationPrefix: string;
  readonly configmap?: true;
}

const STDIN = '-';

export function addMigrateCommand(program: Command): void {
  const migrate = program.command('migrate').description('take the place of another network');
  migrate
    .command('flannel <file>')
    .description(
      "convert flannel's net-conf.json, or the ConfigMap that has it, to a heddled.yaml; check the Nodes",
    )
    .option('--nodes <file>', "check these Nodes: what 'kubectl get nodes -o json' prints")
    .option('--annotation-prefix <prefix>', "flannel's --kube-annotation-prefix", FLANNEL_ANNOTATION_PREFIX)
    .option('--configmap', "print Heddle's ConfigMap in place of its heddled.yaml")
    .action((path: string, flags: Flags, command: Command) => {
      if (path === STDIN && flags.nodes === STDIN)
        throw new UsageError('standard input is read once: give the configuration or the Nodes by a file');
      const converted = convert(path);
      const checked = checkNodes(converted, flags);
      if (checked !== undefined && checked.obstacles.length > 0) process.exitCode = 1;
      const notes = [...notesOn(path), ...converted.notes];
      printObject(formatOf(command), { ...converted, notes, ...checked }, () => [
        ...notes.map(note => `# ${note}`),
        ...(checked?.obstacles ?? []).map(text => `# cannot move: ${text}`),
        ...(checked?.steps ?? []).map(text => `# before: ${text}`),
        ...configurationLines(converted, flags),
      ]);
    });
  addRemoveFlannelCommand(migrate);
}

/** Of a file with a mistake, the sentence names the file. */
function convert(path: string): FromFlannel {
  try {
    return fromFlannel(netConfIn(path));
  } catch (error) {
    if (error instanceof HeddleError) throw new UsageError(`file '${nameOf(path)}': ${error.message}`);
    throw error;
  }
}

function configurationLines({ settings, clusterInit }: FromFlannel, { configmap }: Flags): string[] {
  if (configmap === true) return [migrationConfigMap(settings).trimEnd()];
  return [
    ...(clusterInit.length === 0
      ? []
      : [`# with etcd as the source: heddlectl cluster init ${clusterInit.join(' ')}`]),
    ...(Object.keys(settings).length === 0
      ? ['# all settings have their defaults']
      : [stringify(settings).trimEnd()]),
  ];
}

function checkNodes(
  { settings: { tunnel = {} }, networks }: FromFlannel,
  { nodes, annotationPrefix: prefix }: Flags,
): CheckedCluster | undefined {
  if (nodes === undefined) return undefined;
  const { vni = 1, encapsulation = 'always' } = tunnel;
  const cluster = { prefix, networks, tunnel: { vni, encapsulation } } as const;
  return checkFlannelCluster(nodeDocumentsIn(nodes), cluster);
}

function notesOn(path: string): string[] {
  if (!path.includes('/k3s/')) return [];
  return [
    "this is k3s' own flannel, which runs inside of k3s: it cannot be replaced node by node (docs/install.md has k3s)",
  ];
}
