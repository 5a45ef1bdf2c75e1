// The flow history of a real daemon: what was admitted and what was refused, by which rule, after it has happened.
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { ECHO_PORT } from '../../../loader/connectivity/attempts.ts';
import { heddlectl, heddlectlJson, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, writePolicy } from '../../support/lab-policy.ts';
import { ask, BRIEFLY, ping, startEcho } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 1 });
const node = nodeNamed(lab, 'n1');
const [client, server] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const target = ['--lab', lab.options.name];
const echo = await startEcho(server.netns);
t.teardown(() => echo.stop());
writePolicy(lab, 'out', { podSelector: podsNamed(client.name), policyTypes: ['Egress'], egress: [{}] });
writePolicy(lab, 'in', {
  ...{ podSelector: podsNamed(server.name), policyTypes: ['Ingress'] },
  ingress: [
    { from: [{ podSelector: podsNamed(client.name) }], ports: [{ protocol: 'TCP', port: ECHO_PORT }] },
  ],
});

interface Shown {
  readonly kind: string;
  readonly time: string;
  readonly protocol: string;
  readonly rule?: string;
  readonly verdict?: string;
}

async function past(...words: string[]): Promise<Shown[]> {
  const { code, stdout, stderr } = await heddlectl(...target, '-j', 'monitor', ...words);
  if (code !== 0) throw new Error(stderr);
  return stdout.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Shown]));
}

const BOTH = 'NetworkPolicy lab/out, egress rule 1; NetworkPolicy lab/in, ingress rule 1';
const REFUSED = "NetworkPolicy lab/in isolates the pod's ingress, and no rule admits it";
const toServer = { protocol: 'tcp', to: addressOf(server, 'ipv4') } as const;

t.test('a flow is kept with the rules that admitted it, at both of its ends', async t => {
  const isKept = async (): Promise<boolean> => {
    await ask(client.netns, toServer);
    return (await past('--last', '5m', '--flows')).some(({ rule }) => rule === BOTH);
  };
  t.ok(await until(isKept), 'once the policies are active');
  const found = await past('--last', '5m', '--flows', '--proto', 'tcp');
  t.match(
    found.find(({ rule }) => rule === BOTH),
    {
      ...{ kind: 'flow', hook: 'pod_tx', protocol: 'tcp' },
      source: { address: addressOf(client, 'ipv4'), pod: `lab/${client.name}` },
      destination: { address: addressOf(server, 'ipv4'), port: ECHO_PORT, pod: `lab/${server.name}` },
    },
  );
});

t.test('a drop is kept with the rule that refused it', async t => {
  t.notOk(await ping(client.netns, addressOf(server, 'ipv6'), BRIEFLY), 'policy admits TCP alone');
  const denied = async (): Promise<Shown[]> =>
    past('--last', '5m', '--verdict', 'deny', '--proto', 'icmp', '--pod', `lab/${server.name}`);
  t.ok(await until(async () => (await denied()).some(({ rule }) => rule === REFUSED)));
  t.match((await denied())[0], { kind: 'drop', verdict: 'DROP_POLICY_INGRESS', protocol: 'icmpv6' });
});

t.test('filters choose, and times bound', async t => {
  const all = await past('--last', '5m');
  t.strictSame(
    all.map(({ time }) => time),
    all.map(({ time }) => time).sort(),
    'in the order of time',
  );
  t.ok(all.some(({ kind }) => kind === 'flow') && all.some(({ kind }) => kind === 'drop'));
  t.ok((await past('--last', '5m', '--port', String(ECHO_PORT))).length > 0);
  t.strictSame(await past('--last', '5m', '--port', '9'), []);
  t.strictSame(await past('--last', '5m', '--namespace', 'nobody'), []);
  t.strictSame(await past('--last', '5m', '--verdict', 'DROP_MALFORMED'), []);
  const allowed = await past('--last', '5m', '--namespace', 'lab', '--verdict', 'allow');
  t.strictSame([...new Set(allowed.map(({ kind }) => kind))], ['flow']);
  const [last] = all.slice(-1);
  const since = new Date(Date.parse(last?.time ?? '') - 1).toISOString();
  const recent = await past('--since', since, '--flows');
  t.ok(recent.length <= all.length, 'no more than all');
  t.ok(
    recent.every(({ time }) => Date.parse(time) >= Date.parse(since) - 5),
    'none is older',
  );
  t.match(await heddlectl(...target, 'monitor', '--last', '5m', '--flows', '--port', String(ECHO_PORT)), {
    ...{ code: 0, stdout: new RegExp(` new flow tcp .*\\(lab/${client.name}\\) → .* ${BOTH}\\n`) },
  });
});

t.test('who listens is told at once, beside the history', async t => {
  const monitor = startHeddlectl(...target, '-j', 'monitor', '--flows', '--port', String(ECHO_PORT));
  t.teardown(() => monitor.kill());
  const done = outcomeOf(monitor);
  let isTold = false;
  monitor.stdout?.once('data', () => (isTold = true));
  t.ok(
    await until(async () => {
      await ask(client.netns, toServer);
      return isTold;
    }),
  );
  monitor.kill('SIGINT');
  t.match(await done, { code: 0, stdout: /"kind":"flow"/ });
});

t.test('a killed daemon takes its history along, and the next one begins another', async t => {
  await killDaemon(node);
  t.ok((await ask(client.netns, toServer)) !== undefined, 'traffic goes on');
  startDaemon(node);
  await waitForDaemon(node);
  t.ok(
    await until(async () => {
      await ask(client.netns, toServer);
      return (await past('--last', '5m', '--flows', '--port', String(ECHO_PORT))).length > 0;
    }),
  );
  t.match(await heddlectlJson(...target, 'map', 'dump', 'hd_control'), [{ value: { events: 3 } }]);
});
