// The exit status and the first word of status, what waits for a confirmation, --wait, and trace --expect, on a lab's node.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { killDaemon, startDaemon, stopDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl, outcomeOf, startHeddlectl, statusJson } from '../../support/heddlectl.ts';
import { podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 2, podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const n1 = ['--lab', lab.options.name, '--node', 'n1'];
const [here, there] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];

interface Told {
  readonly condition: string;
  readonly daemon: {
    readonly policies: number;
    readonly appliedPolicies: number;
    readonly unconfirmed?: { readonly policies: number; readonly rollbackInSeconds: number };
  };
}

const told = async (): Promise<Told> => (await statusJson(...n1)) as Told;

t.test('a node that is well', async t => {
  const { code, stdout } = await heddlectl(...n1, 'status');
  t.equal(code, 0);
  t.match(stdout, /^ready\ndaemon +ready, version /);
  t.match(stdout, /^source +manifests: files in .*, as of \d+ s ago$/m);
  t.notMatch(stdout, /^hd_/m, 'no map is nearly full');
  const row = await heddlectl(...n1, 'status', '--row');
  t.match(row.stdout, /^ready\t\d+\.\d+\.\d+\t1\t0\t\d+ s\t-\n$/);
});

t.test('policies by hand that wait to be confirmed are told with their time', async t => {
  const path = join(t.testdir(), 'policies.json');
  const metadata = { namespace: here.namespace, name: 'by-hand' };
  const spec = { podSelector: podsNamed(here.name), policyTypes: ['Egress'], egress: [{}] };
  writeFileSync(
    path,
    JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec }),
  );
  t.equal((await heddlectl(...n1, 'apply', '--confirm', '10m', path)).code, 0);
  const { daemon } = await told();
  t.match(daemon, { policies: 1, appliedPolicies: 1, unconfirmed: { policies: 1 } });
  t.ok((daemon.unconfirmed?.rollbackInSeconds ?? 0) > 100);
  const { stdout } = await heddlectl(...n1, 'status');
  t.match(stdout, /^unconfirmed +one policy is rolled back in \d+ s, unless: heddlectl confirm$/m);
  t.equal((await heddlectl(...n1, 'rollback')).code, 0);
  t.strictSame((await told()).daemon.unconfirmed, undefined);
});

t.test('a problem of one policy is a word of its own, and no failure', async t => {
  writePolicy(lab, 'odd', { podSelector: podsNamed('nobody'), ingress: [{ ports: [{ port: 99_999 }] }] });
  t.ok(await until(async () => (await told()).condition === 'degraded'));
  const { code, stdout } = await heddlectl(...n1, 'status');
  t.equal(code, 0);
  t.match(stdout, /^degraded\n/);
  removeObject(lab, 'odd');
  t.ok(await until(async () => (await told()).condition === 'ready'));
});

t.test('trace --expect tells by its exit status', async t => {
  const trace = (expected: string) =>
    heddlectl(
      ...n1,
      'trace',
      ...['--from', `lab/${here.name}`, '--to', `lab/${there.name}`, '--port', '80', '--expect', expected],
    );
  t.equal((await trace('allow')).code, 0);
  t.match(await trace('deny'), {
    code: 1,
    stderr: 'heddlectl: expected deny, and the packet is forwarded\n',
  });
  writePolicy(lab, 'closed', { podSelector: podsNamed(here.name), policyTypes: ['Egress'] });
  t.ok(await until(async () => (await trace('deny')).code === 0));
  t.match(await trace('allow'), {
    code: 1,
    stderr: 'heddlectl: expected allow, and the packet is dropped\n',
  });
  removeObject(lab, 'closed');
});

t.test('--wait ends when the node is ready, or when the time is up', async t => {
  await killDaemon(node);
  const late = await heddlectl(...n1, 'status', '--wait=1s');
  t.match(late, { code: 1, stdout: /^stopped\n/ });
  const waiting = outcomeOf(startHeddlectl(...n1, 'status', '--wait', '10m'));
  startDaemon(node);
  t.match(await waiting, { code: 0, stdout: /^ready\n/ });
  t.match(await heddlectl(...n1, 'status', '--wait=soon'), {
    code: 2,
    stderr: "heddlectl: --wait cannot be 'soon': use a time such as 60s or 5m, a day at most\n",
  });
  await stopDaemon(node);
  t.match(await heddlectl(...n1, 'status', '--row'), {
    code: 1,
    stdout: 'stopped\t-\t-\t-\t-\theddled does not answer\n',
  });
});
