// heddlectl cluster: the cluster in etcd, for installs whose source is etcd.
import type { Command } from 'commander';
import { isEtcdError, prefixRange, type EtcdClient } from 'etcd';
import { isIpv6 } from 'ip';
import { wordList } from '../../../loader/config/word-list.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { collections } from '../../../loader/model/kinds.ts';
import {
  applyObjects,
  checkedObjects,
  type CheckedObject,
  deleteNode,
  deleteObject,
  initCluster,
  listObjects,
} from '../../../loader/sources/etcd/administration.ts';
import { connect } from '../../../loader/sources/etcd/connection.ts';
import { keysBelow, type Keys } from '../../../loader/sources/etcd/keys.ts';
import { clusterColumns, clusterRow } from './cluster-rows.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { kindNamed, objectNamed } from '../invocation/kind-words.ts';
import { ranInside } from '../invocation/inside-netns.ts';
import { documentsIn } from '../invocation/manifest-documents.ts';
import { printObject, printRows } from '../output/output.ts';
import { requireConfig } from '../invocation/target.ts';
import { UsageError } from '../invocation/usage-error.ts';

interface InitFlags {
  readonly podCidr: readonly string[];
  readonly nodePrefix: string;
  readonly nodePrefix6: string;
}

export function addClusterCommands(program: Command): void {
  const cluster = program.command('cluster').description('the cluster in etcd: pod CIDRs, objects and nodes');
  cluster
    .command('init')
    .description('set the ranges from which nodes get their pod CIDRs; needed once')
    .requiredOption('--pod-cidr <cidr...>', 'a range for all pods, one for each family')
    .option('--node-prefix <bits>', "prefix length of a node's pod CIDR, IPv4", '24')
    .option('--node-prefix6 <bits>', "prefix length of a node's pod CIDR, IPv6", '64')
    .action((flags: InitFlags, command: Command) =>
      withCluster(command, (etcd, keys) => init(etcd, keys, { flags, command })),
    );
  cluster
    .command('get [kind]')
    .alias('list')
    .description(`list ${wordList(collections, 'and')}`)
    .action((kind: string | undefined, _flags: unknown, command: Command) =>
      withCluster(command, async (etcd, keys) => {
        const objects = await listObjects(etcd, keys, kind === undefined ? undefined : kindNamed(kind));
        const { entries } = await etcd.range(prefixRange(keys.alive('')));
        const alive = new Set(entries.map(({ key }) => key));
        const rows = objects.map(one => clusterRow(one, alive.has(keys.alive(one.name))));
        printRows(formatOf(command), rows, clusterColumns, 'no objects');
      }),
    );
  cluster
    .command('apply <path>')
    .description('apply the namespaces, pods and policies of a file or a directory, atomically')
    .action((path: string, _flags: unknown, command: Command) =>
      withCluster(command, (etcd, keys) => apply(etcd, keys, { path, command })),
    );
  cluster
    .command('delete')
    .argument('<kind>', 'kind of the object, or its short name: pod, netpol, no')
    .argument('<name>', 'NAMESPACE/NAME, or NAME of a kind without namespaces')
    .description('delete an object, or a node that was removed')
    .action((kind: string, name: string, _flags: unknown, command: Command) =>
      withCluster(command, (etcd, keys) => remove(etcd, keys, { kind, name, command })),
    );
}

/** Runs in the node's network namespace: etcd may be reachable only from there. */
async function withCluster(
  command: Command,
  action: (etcd: EtcdClient, keys: Keys) => Promise<void>,
): Promise<void> {
  const target = targetOf(command);
  const { source } = requireConfig(target, 'heddlectl cluster');
  if (source.kind !== 'etcd')
    throw new UsageError(
      `source.kind is ${source.kind}: 'heddlectl cluster' is for installs whose source is etcd`,
    );
  if (await ranInside(target)) return;
  const etcd = connect(source.etcd);
  try {
    await action(etcd, keysBelow(source.etcd.prefix));
  } catch (error) {
    if (!isEtcdError(error, 'UNAVAILABLE', 'TIMEOUT')) throw error;
    throw new Error(`etcd (${source.etcd.endpoints}) does not answer: ${error.message}`, { cause: error });
  } finally {
    etcd.close();
  }
}

async function init(
  etcd: EtcdClient,
  keys: Keys,
  { flags, command }: { readonly flags: InitFlags; readonly command: Command },
): Promise<void> {
  const podCIDRs = flags.podCidr.map(cidr => ({
    cidr,
    nodePrefix: Number(isIpv6(cidr) ? flags.nodePrefix6 : flags.nodePrefix),
  }));
  const outcome = await initCluster(etcd, keys, { podCIDRs });
  printObject(formatOf(command), { outcome, podCIDRs }, () => [`${keys.cluster} ${outcome}`]);
}

async function apply(
  etcd: EtcdClient,
  keys: Keys,
  { path, command }: { readonly path: string; readonly command: Command },
): Promise<void> {
  const checked = documentsIn(path).flatMap(({ file, value }) => checkedIn(file, value));
  if (checked.length === 0)
    throw new UsageError(`'${path}' has no objects: name a file or a directory with objects`);
  const objects = checked.map(({ object }) => object);
  const outcomes = await applyObjects(etcd, keys, objects);
  const rows = objects.map(({ kind, namespace, name }, i) => ({
    ...{ kind, ...(namespace !== undefined && { namespace }), name, outcome: outcomes[i] },
    problems: checked[i]?.problems ?? [],
  }));
  printObject(formatOf(command), { objects: rows }, () =>
    rows.flatMap(({ kind, namespace, name, outcome, problems }) => [
      `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}: ${outcome ?? ''}`,
      ...problems.map(problem => `  ${problem}`),
    ]),
  );
}

/** A kind that only nodes write is refused with the file that has it. */
function checkedIn(file: string, value: unknown): CheckedObject[] {
  try {
    return checkedObjects(value);
  } catch (error) {
    throw error instanceof HeddleError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

async function remove(
  etcd: EtcdClient,
  keys: Keys,
  { kind, name, command }: { readonly kind: string; readonly name: string; readonly command: Command },
): Promise<void> {
  const known = kindNamed(kind);
  const object = { kind: known, ...objectNamed(known, name) };
  const wasThere = await (known === 'Node' ? deleteNode(etcd, keys, name) : deleteObject(etcd, keys, object));
  if (!wasThere) throw new Error(`there is no ${known} ${name}: 'heddlectl cluster get' lists the objects`);
  printObject(formatOf(command), { ...object, outcome: 'deleted' }, () => [`${known} ${name}: deleted`]);
}
