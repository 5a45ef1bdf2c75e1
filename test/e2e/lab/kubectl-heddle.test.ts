// kubectl heddle, by Debian's kubectl over the API server's own protocol: commands run on the right node, and follow the packet.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { builtFile } from '../../../lab/installation.ts';
import { nodeNamed, type LabPod } from '../../../lab/lab.ts';
import { stopDaemon } from '../../../lab/daemon.ts';
import { VERSION } from '../../../loader/version.ts';
import { podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { IDLE_KUBELET, KubectlServer } from '../../support/kubectl/kubectl-server.ts';
import { operatorOf } from '../../support/kubectl/operator.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const SYSTEM = 'kube-system';
/** A line of a log, and what must not be left of it. */
const SECRETS = [
  ['Authorization: Bearer planted-bearer-0', 'planted-bearer-0'],
  ["password: 'planted two'", 'two'],
  [String.raw`last-applied: "{\"token\": \"planted-escaped-3\"}"`, 'planted-escaped-3'],
  ['TOKEN=planted-upper-4', 'planted-upper-4'],
  ['AUTHORIZATION: planted-upper-5', 'planted-upper-5'],
  ['-----BEGIN PRIVATE KEY-----planted-key-6-----END PRIVATE KEY-----', 'planted-key-6'],
] as const;

const lab = await testLab(t, { podsPerNode: 1 });
const [here, there] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
const stopped = new Set<string>();

/** Heddle's pod of a node: its container has heddlectl, of that node's install. */
function execIn(namespace: string, pod: string, argv: readonly string[]): string[] | undefined {
  const [program, ...words] = argv;
  if (namespace !== SYSTEM || program !== 'heddlectl' || stopped.has(pod)) return undefined;
  const own = ['--lab', lab.options.name, '--node', pod.replace('heddle-', '')];
  return [process.execPath, resolve(builtFile('heddlectl.mjs')), ...own, ...words];
}

const server = new KubectlServer({
  ...IDLE_KUBELET,
  execIn,
  logOf: (_namespace, pod) =>
    [`log of ${pod}`, ...SECRETS.map(([line]) => line), 'the last line', ''].join('\n'),
});
for (const { name } of lab.nodes) {
  server.put({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  putHeddle(name, `former-${name}`, 'Failed');
  putHeddle(name, `gone-${name}`, 'Running', '2026-01-01T00:00:00Z');
  putHeddle(name, `heddle-${name}`, 'Running');
}
server.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: here.namespace } });
for (const pod of lab.pods) server.put(podObject(pod));
const operator = await operatorOf(server, t.testdir());
t.teardown(() => server.close());

/** A pod of Heddle on a node. */
function putHeddle(nodeName: string, name: string, phase: string, deletionTimestamp?: string): void {
  server.put({
    ...{ apiVersion: 'v1', kind: 'Pod', status: { phase } },
    metadata: {
      ...{ name, namespace: SYSTEM, labels: { 'app.kubernetes.io/name': 'heddle' } },
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: { nodeName, containers: [{ name: 'heddled' }] },
  });
}

function podObject({ name, namespace, node, addresses }: LabPod) {
  const metadata = { name, namespace };
  const status = { podIP: addresses[0], podIPs: addresses.map(ip => ({ ip })) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: node }, status };
}

const heddle = (...words: string[]) => operator.run('kubectl', 'heddle', ...words);

t.test('status: all nodes in one table', async t => {
  const { code, stdout, stderr } = await heddle('status');
  t.equal(code, 0, stderr);
  t.equal(
    stdout.replaceAll(/\b\d+ s +/g, '0 s   '),
    [
      'NODE  STATUS  VERSION  PODS  POLICIES  NEWS  PROBLEM',
      `n1    ready   ${VERSION}    1     0         0 s   -`,
      `n2    ready   ${VERSION}    1     0         0 s   -`,
      '',
    ].join('\n'),
  );
  t.match(await heddle('--node', 'n2', 'status'), { code: 0, stdout: /^ready\n[^]*^node +n2, one of 2$/m });
});

t.test('a command about a pod runs on its node, others on every node in turn', async t => {
  const shown = await heddle('endpoint', 'show', `lab/${there.name}`);
  t.match(shown, { code: 0, stdout: /local-pod/ }, shown.stderr);
  const one = await heddle('conntrack', 'list', '--pod', `lab/${there.name}`);
  t.equal(one.code, 0, one.stderr);
  t.notMatch(one.stdout, 'on node', 'an option names the pod');
  for (const words of [
    ['cluster', 'init', '--pod-cidr', '10.244.0.0/16'],
    ['policy', 'check', 'dir/web.yaml'],
  ])
    t.match((await heddle(...words)).stdout, /^on node n1\n[^]*^on node n2\n/m, 'neither is a pod');
  const both = await heddle('version');
  t.match(both, { code: 0, stdout: /^on node n1\nheddlectl [^]*^on node n2\nheddlectl /m });
  t.match(await heddle('monitor'), { code: 2, stderr: /'monitor' is for one node: add --node/ });
  t.match(await heddle('--node', 'n9', 'version'), { code: 1, stderr: /no pod of Heddle is on node n9/ });
  t.match(await heddle('policy', 'show', 'lab/nobody'), { code: 1, stderr: /"nobody" not found/ });
});

t.test('what a program reads has no headings in it', async t => {
  for (const words of [
    ['-j', 'version'],
    ['version', '-j'],
    ['-o', 'json', 'version'],
    ['version', '--output=json'],
  ]) {
    const { code, stdout, stderr } = await heddle(...words);
    t.equal(code, 0, stderr);
    const [first, second] = stdout.replaceAll('}\n{', '}\n\n{').split('\n\n');
    for (const text of [first, second])
      t.match(JSON.parse(text ?? ''), { heddlectl: VERSION }, words.join(' '));
    t.match(stderr, /^on node n1\non node n2\n/m);
  }
  t.match(await heddle('-o', 'wide', 'version'), { stdout: /^on node n1\n/ });
  const one = await heddle('--node', 'n2', '-j', 'status');
  t.match(JSON.parse(one.stdout), { condition: 'ready', daemon: { node: 'n2' } });
});

t.test('policy show asks each pod on its own node', async t => {
  const { code, stdout } = await heddle('policy', 'show', `lab/${there.name}`, `lab/${here.name}`);
  t.equal(code, 0);
  t.match(stdout, /^on node n2\nlab\/n2-p1 [^]*^on node n1\nlab\/n1-p1 /m);
  const json = await heddle('policy', 'show', `lab/${there.name}`, '-o', 'json');
  t.match(JSON.parse(json.stdout), { pod: `lab/${there.name}` }, json.stderr);
  t.match(await heddle('policy', 'show'), { code: 2, stderr: /policy show wants a pod/ });
});

t.test('trace follows the packet from node to node', async t => {
  const trace = (...more: string[]) =>
    heddle('trace', '--from', `lab/${here.name}`, '--to', `lab/${there.name}`, '--port', '80', ...more);
  const allowed = await trace('--expect', 'allow');
  t.equal(allowed.code, 0, allowed.stderr);
  t.match(allowed.stdout, /^on node n1\ntcp lab\/n1-p1 [^]*^on node n2\ntcp lab\/n1-p1 /m);
  t.notMatch(allowed.stdout, 'run the same command');
  t.match(await trace('--expect=deny'), { code: 1, stderr: /expected deny, and the packet is allow/ });
  for (const words of [['-j'], ['-p'], ['-o', 'json'], ['-oyaml'], ['--output=json'], ['--json']])
    t.match(
      await trace('--expect', 'allow', ...words),
      { code: 2, stderr: /: leave -.* out$/m },
      words.join(' '),
    );
  t.match(await heddle('-j', 'trace', '--from', 'a/b'), { code: 2, stderr: /: leave -j out$/m });
  writePolicy(lab, 'closed', { podSelector: podsNamed(there.name), policyTypes: ['Ingress'] });
  t.ok(await until(async () => (await trace('--expect', 'deny')).code === 0), 'the other node denies');
  const denied = await trace('--expect', 'allow');
  t.match(denied, { code: 1, stderr: /expected allow, and the packet is dropped/ });
  t.match(denied.stdout, /^on node n2\n[^]*DROP_POLICY_INGRESS/m);
  const byAddress = await heddle(
    'trace',
    '--from',
    here.addresses[0] ?? '',
    '--to',
    `lab/${there.name}`,
    '--port=80',
  );
  t.match(byAddress.stdout, /^on node n1\n[^]*^on node n2\n/m);
  removeObject(lab, 'closed');
});

t.test('one that cannot be asked is a row, and a failure', async t => {
  await stopDaemon(nodeNamed(lab, 'n1'));
  stopped.add('heddle-n2');
  const { code, stdout } = await heddle('status');
  t.equal(code, 1);
  t.match(stdout, /^n1 +stopped +- .*heddled does not answer$/m);
  t.match(stdout, /^n2 +unknown +- .*\S/m);
});

t.test('sysdump: every node, dead or not, and no secret', async t => {
  const { code, stdout, stderr } = await heddle('sysdump', 'dump:1.tar.gz');
  t.equal(code, 0, stderr);
  t.match(stdout, /^dump:1\.tar\.gz: 2 nodes, \d+ KiB\n$/);
  t.match(stderr, /^missing nodes\/n2\.tar\.gz: /m, 'its container does not run');
  t.match(stderr, /^missing clusternetworkpolicies\.yaml: .*doesn't have a resource type/m);
  const path = join(operator.directory, 'dump:1.tar.gz');
  const unpacked = (name: string) =>
    execFileSync('tar', ['--force-local', '-xzOf', path, `heddle-sysdump/${name}`], { maxBuffer: 64 << 20 });
  t.match(
    unpacked('nodes/n2.log').toString(),
    /^log of heddle-n2\nAuthorization: .*\(removed\)[^]*\nthe last line\n$/,
  );
  t.match(unpacked('nodes.yaml').toString(), 'name: n1');
  const inner = execFileSync('tar', ['-tz'], { input: unpacked('nodes/n1.tar.gz'), encoding: 'utf8' });
  t.match(inner, 'heddle-sysdump-n1/maps/hd_route.txt');
  for (const [line, secret] of SECRETS) {
    t.ok(line.includes(secret));
    t.notOk(unpacked('nodes/n1.log').includes(secret), line);
  }
  rmSync(path);
});

t.test('sysdump where no container runs: heddlectl of this machine takes the secrets out', async t => {
  for (const { name } of lab.nodes) stopped.add(`heddle-${name}`);
  t.equal((await heddle('sysdump', 'dump.tar.gz')).code, 0);
  const path = join(operator.directory, 'dump.tar.gz');
  const log = execFileSync('tar', ['-xzOf', path, 'heddle-sysdump/nodes/n1.log'], { encoding: 'utf8' });
  t.match(log, /^log of heddle-n1\n[^]*\nthe last line\n$/);
  for (const [, secret] of SECRETS) t.notMatch(log, secret);
  rmSync(join(operator.directory, 'bin', 'heddlectl'));
  rmSync(path);
  const none = await heddle('sysdump', 'dump.tar.gz');
  t.match(none, { code: 1, stderr: /: no heddlectl takes the secrets out, in no pod and not here: / });
  t.notOk(existsSync(path));
});

t.test('what the machine lacks is one sentence', async t => {
  const old = join(operator.directory, 'old-bash');
  writeFileSync(old, "BASH_VERSION='3.2.57(1)-release'\n");
  t.match(await operator.run('env', `BASH_ENV=${old}`, 'kubectl-heddle', 'status'), {
    ...{ code: 1, stdout: '' },
    stderr: 'kubectl heddle: bash 4.4 or newer is needed, and this is 3.2.57(1)-release\n',
  });
  const bash = execFileSync('which', ['bash'], { encoding: 'utf8' }).trim();
  const plugin = join(operator.directory, 'bin', 'kubectl-heddle');
  t.match(await operator.run('env', `PATH=${operator.directory}`, bash, plugin, 'status'), {
    ...{ code: 1, stdout: '' },
    stderr: "kubectl heddle: the command 'timeout' is needed: install coreutils\n",
  });
});

t.test('nodes that cannot be read are a failure', async t => {
  stopped.delete('heddle-n1');
  server.forbidden.add('nodes');
  for (const words of ['status', 'version', 'sysdump'])
    t.match(await heddle(words), { code: 1, stdout: '', stderr: /nodes is forbidden/ }, words);
});
