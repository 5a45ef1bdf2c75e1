// heddlectl connectivity test: who reaches whom, on every path of a cluster or of a lab.
import type { Command } from 'commander';
import {
  testConnectivity,
  type ConnectivityCluster,
  type PathResult,
  type TestOptions,
} from '../../../loader/connectivity/connectivity-test.ts';
import type { ReachableHost } from '../../../loader/connectivity/paths.ts';
import { formatOf, labFlagOf } from '../invocation/flags.ts';
import { Interruption } from '../invocation/interruption.ts';
import { labNamed } from '../invocation/target.ts';
import { UsageError } from '../invocation/usage-error.ts';
import { wholeNumber } from '../invocation/whole-number.ts';
import { isText, printObject, type Format } from '../output/output.ts';
import { print, say } from '../output/terminal.ts';
import { Kubectl } from './kubectl.ts';
import {
  createNamespace,
  openKubernetesCluster,
  removeNamespace,
  testableNodes,
  type KubernetesTest,
} from './kubernetes-cluster.ts';
import { openLabCluster } from './lab-cluster.ts';
import { isPassed, leftOutLine, resultLines, summaryLine } from './result-text.ts';

interface TestFlags {
  readonly kubectl: string;
  readonly kubectlFlag: readonly string[];
  readonly nodes: number;
  readonly namespace: string;
  readonly image?: string;
  readonly outside: string;
  readonly resolve: string;
  readonly keep?: true;
  readonly only?: string;
}

const DEFAULT_NODES = 3;
const NONE = 'none';
const HEDDLE_PODS = 'app.kubernetes.io/name=heddle';
/** Until all pods of the test are ready. */
const PODS_MS = 180_000;

export function addConnectivityCommands(program: Command): void {
  program
    .command('connectivity')
    .description('who reaches whom')
    .command('test')
    .description(
      'test every path between pods, nodes, Services and the outside, with and without policy: in the cluster of kubectl, or in a lab',
    )
    .option('--kubectl <command>', 'kubectl with its global flags', 'kubectl')
    .option('--kubectl-flag <flag>', 'one more of them, which may have blanks; repeatable', appended, [])
    .option('--nodes <n>', 'how many nodes of the cluster, the first by name', wholeNumber, DEFAULT_NODES)
    .option('--namespace <name>', 'namespace that is created, and deleted again', 'heddle-connectivity')
    .option('--image <image>', "image with node and ping; default: Heddle's own")
    .option('--outside <address:port>', `a server of TCP outside of the cluster, or ${NONE}`, '1.1.1.1:443')
    .option('--resolve <name>', `name that every pod resolves, or ${NONE}`, 'kubernetes.default.svc')
    .option('--only <text>', 'only paths whose name contains it, such as policy')
    .option('--keep', 'leave the objects')
    .action(async (flags: TestFlags, command: Command) => {
      const lab = labFlagOf(command);
      const format = formatOf(command);
      const results = await (lab === undefined ? testKubernetes(flags, format) : testLab(lab, flags, format));
      if (results.length === 0)
        throw new UsageError(
          `--only '${flags.only ?? ''}' is in no path's name: leave it out to see all of them`,
        );
      printObject(format, results, () => [summaryLine(results)]);
      if (!isPassed(results)) process.exitCode = 1;
    });
}

async function testLab(name: string, { only }: TestFlags, format: Format): Promise<PathResult[]> {
  using interruption = new Interruption();
  const cluster = await openLabCluster(labNamed(name));
  try {
    return await interruption.run(signal => testAll(cluster, { only, signal }, format));
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

async function testKubernetes(flags: TestFlags, format: Format): Promise<PathResult[]> {
  if (flags.nodes === 0) throw new UsageError('--nodes 0 tests nothing: write 1 or more');
  const program = flags.kubectl.split(' ').filter(word => word !== '');
  const kubectl = new Kubectl([...program, ...flags.kubectlFlag]);
  const test: KubernetesTest = {
    namespace: flags.namespace,
    image: flags.image ?? (await ownImage(kubectl)),
    outside: flags.outside === NONE ? undefined : outsideOf(flags.outside),
    name: flags.resolve === NONE ? undefined : flags.resolve,
    limitMs: PODS_MS,
  };
  const all = await testableNodes(kubectl);
  const nodes = all.slice(0, flags.nodes);
  if (nodes.length === 0) throw new Error('no node is Ready and takes pods: see kubectl get nodes');
  if (nodes.length < all.length) say(leftOutLine(nodes, all.length));
  using interruption = new Interruption();
  await createNamespace(kubectl, flags.namespace);
  try {
    return await interruption.run(async signal => {
      const cluster = await openKubernetesCluster(kubectl, nodes, test);
      return testAll(cluster, { only: flags.only, signal }, format);
    });
  } finally {
    if (flags.keep !== true) await removeNamespace(kubectl, flags.namespace);
  }
}

function testAll<Host extends ReachableHost>(
  cluster: ConnectivityCluster<Host>,
  options: Pick<TestOptions, 'only' | 'signal'>,
  format: Format,
): Promise<PathResult[]> {
  const onResult = (result: PathResult): void => {
    if (isText(format)) print(resultLines(result).join('\n'));
  };
  return testConnectivity(cluster, { ...options, onResult });
}

async function ownImage(kubectl: Kubectl): Promise<string> {
  const argv = ['get', 'daemonsets', '--all-namespaces', '--selector', HEDDLE_PODS];
  const [own] = await kubectl.list<{
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
    };
  }>(argv);
  const image = own?.spec.template.spec.containers[0]?.image;
  if (image !== undefined) return image;
  throw new UsageError(
    `no DaemonSet has the label ${HEDDLE_PODS}: name an image with node and ping, --image`,
  );
}

function appended(flag: string, before: readonly string[]): string[] {
  return [...before, flag];
}

function outsideOf(text: string): { readonly address: string; readonly port: number } {
  const [, ipv6, other, port] = /^(?:\[([\da-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = ipv6 ?? other;
  if (address !== undefined) return { address, port: Number(port) };
  throw new UsageError(`--outside cannot be '${text}': write 192.0.2.1:443, [2001:db8::1]:443 or ${NONE}`);
}
