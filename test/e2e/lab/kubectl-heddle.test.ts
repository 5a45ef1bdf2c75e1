// kubectl heddle, by Debian's kubectl over the API server's own protocol: commands run on the right node, and follow the packet.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
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
const SECRET = 'planted.bearer.token.0123456789';

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
  logOf: (_namespace, pod) => `log of ${pod}\nAuthorization: Bearer ${SECRET}\n`,
});
for (const { name } of lab.nodes) {
  server.put({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  const metadata = {
    ...{ name: `heddle-${name}`, namespace: SYSTEM },
    labels: { 'app.kubernetes.io/name': 'heddle' },
  };
  server.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: name, containers: [{ name: 'heddled' }] },
  });
}
server.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: here.namespace } });
for (const pod of lab.pods) server.put(podObject(pod));
const operator = await operatorOf(server, t.testdir());
t.teardown(() => server.close());

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
  const both = await heddle('version');
  t.match(both, { code: 0, stdout: /^on node n1\nheddlectl [^]*^on node n2\nheddlectl /m });
  t.match(await heddle('monitor'), { code: 2, stderr: /'monitor' is for one node: add --node/ });
  t.match(await heddle('--node', 'n9', 'version'), { code: 1, stderr: /no pod of Heddle is on node n9/ });
  t.match(await heddle('policy', 'show', 'lab/nobody'), { code: 1, stderr: /"nobody" not found/ });
});

t.test('policy show asks each pod on its own node', async t => {
  const { code, stdout } = await heddle('policy', 'show', `lab/${there.name}`, `lab/${here.name}`);
  t.equal(code, 0);
  t.match(stdout, /^on node n2\nlab\/n2-p1 [^]*^on node n1\nlab\/n1-p1 /m);
});

t.test('trace follows the packet from node to node', async t => {
  const trace = (...more: string[]) =>
    heddle('trace', '--from', `lab/${here.name}`, '--to', `lab/${there.name}`, '--port', '80', ...more);
  const allowed = await trace('--expect', 'allow');
  t.equal(allowed.code, 0, allowed.stderr);
  t.match(allowed.stdout, /^on node n1\ntcp lab\/n1-p1 [^]*^on node n2\ntcp lab\/n1-p1 /m);
  t.notMatch(allowed.stdout, 'run the same command');
  t.match(await trace('--expect=deny'), { code: 1, stderr: /expected deny, and the packet is allow/ });
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
  const { code, stdout, stderr } = await heddle('sysdump', 'dump.tar.gz');
  t.equal(code, 0, stderr);
  t.match(stdout, /^dump\.tar\.gz: 2 nodes, \d+ KiB\n$/);
  t.match(stderr, /^missing nodes\/n2\.tar\.gz: /m, 'its container does not run');
  t.match(stderr, /^missing clusternetworkpolicies\.yaml: .*doesn't have a resource type/m);
  const path = join(operator.directory, 'dump.tar.gz');
  const unpacked = (name: string) =>
    execFileSync('tar', ['-xzOf', path, `heddle-sysdump/${name}`], { maxBuffer: 64 << 20 });
  t.match(unpacked('nodes/n2.log').toString(), /^log of heddle-n2\nAuthorization: .*\(removed\)/);
  t.match(unpacked('nodes.yaml').toString(), 'name: n1');
  const inner = execFileSync('tar', ['-tz'], { input: unpacked('nodes/n1.tar.gz'), encoding: 'utf8' });
  t.match(inner, 'heddle-sysdump-n1/maps/hd_route.txt');
  t.notOk(execFileSync('tar', ['-xzO', '-f', path], { maxBuffer: 64 << 20 }).includes(SECRET));
  rmSync(path);
});
