// heddlectl over a lab with policies: what holds, what would happen, what happens, also while the daemon is dead.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl, heddlectlJson, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { removeObject, writePolicy } from '../../support/lab-policy.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';
import { NO_METADATA, NO_SSH, WEB } from './applied-policies.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { config: { flowHistory: { events: 0 } } }); // events are off until somebody asks
const [pod, sibling, remote] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const n1 = ['--lab', lab.options.name, '--node', 'n1'];
const node = nodeNamed(lab, 'n1');
const folder = mkdtempSync(join(tmpdir(), 'heddle-policy-'));
t.teardown(() => rmSync(folder, { recursive: true }));

function manifest(name: string, object: object): string {
  const file = join(folder, name);
  writeFileSync(file, stringify(object));
  return file;
}

const noSsh = manifest('no-ssh.yaml', NO_SSH);
const noMetadata = manifest('no-metadata.yaml', NO_METADATA);
const web = manifest('web.yaml', WEB);

interface Traced {
  readonly outcome: string;
  readonly conclusion: string;
  readonly nextNode?: string;
  readonly steps: readonly { readonly hook: string; readonly stage: string; readonly rule?: string }[];
}

async function traced(...words: string[]): Promise<Traced> {
  return (await heddlectlJson(...n1, 'trace', ...words)) as Traced;
}

/** Until the policies that were applied are active. */
async function untilDropped(...words: string[]): Promise<Traced> {
  for (let tries = 0; ; tries++) {
    const found = await traced(...words);
    if (found.outcome === 'dropped' || tries === 50) return found;
  }
}

const toSsh = ['--from', `lab/${pod.name}`, '--to', `lab/${sibling.name}`, '--port', '22'];
const toWeb = ['--from', `lab/${pod.name}`, '--to', `lab/${sibling.name}`, '--port', '80'];

t.test('without policies nothing selects a pod', async t => {
  t.match(await heddlectl(...n1, 'policy', 'show', `lab/${pod.name}`), {
    code: 0,
    stdout:
      /egress: no policy selects the pod: all packets pass\ningress: no policy selects the pod: all packets pass\n$/,
  });
  t.match(await traced(...toSsh), { outcome: 'delivered' });
});

t.test('policies are applied, listed and shown', async t => {
  t.match(await heddlectlJson(...n1, 'policy', 'apply', noSsh), { name: 'no-ssh', outcome: 'created' });
  t.match(await heddlectlJson(...n1, 'policy', 'apply', web), { name: 'lab/web', outcome: 'created' });
  t.match(await heddlectlJson(...n1, 'policy', 'apply', web), { outcome: 'unchanged' });
  const subjects = [`lab/${pod.name}`, `lab/${sibling.name}`];
  t.match(await heddlectlJson(...n1, 'policy', 'list'), [
    { kind: 'ClusterNetworkPolicy', name: 'no-ssh', tier: 'Admin', priority: 7, subjects },
    { kind: 'NetworkPolicy', name: 'lab/web', tier: 'NetworkPolicy', subjects, status: 'accepted' },
  ]);
  await untilDropped(...toSsh);
  t.match(await heddlectlJson(...n1, 'policy', 'show', `lab/${pod.name}`), {
    egress: { state: 'open', rules: [] },
    ingress: {
      state: 'enforced',
      rules: [
        {
          tier: 'Admin',
          policy: 'ClusterNetworkPolicy no-ssh',
          name: 'ssh',
          action: 'Deny',
          ports: ['tcp 22'],
        },
        { policy: 'NetworkPolicy lab/web', action: 'Accept', peers: ['all pods in namespace lab'] },
      ],
      otherwise: /dropped: NetworkPolicy lab\/web isolates the pod$/,
    },
  });
});

t.test('a trace names the rule that decides, and the node that judges the rest', async t => {
  t.match(await untilDropped(...toSsh), {
    outcome: 'dropped',
    conclusion: /DROP_POLICY_INGRESS: .*: ClusterNetworkPolicy no-ssh, ingress rule 1$/,
  });
  t.match(await traced(...toWeb), { outcome: 'delivered' });
  t.match(await traced(...toWeb, '--family', '6'), { outcome: 'delivered', source: addressOf(pod, 'ipv6') });
  t.match(await traced('--from', `lab/${pod.name}`, '--to', `lab/${remote.name}`, '--port', '22'), {
    outcome: 'forwarded',
    nextNode: 'n2',
  });
  t.match(await traced('--from', `lab/${remote.name}`, '--to', `lab/${pod.name}`, '--port', '22'), {
    outcome: 'dropped',
    steps: [{ hook: 'uplink_rx', stage: 'conntrack' }, { stage: 'ingress' }, { stage: 'verdict' }],
  });
  const outside = addressOf({ name: 'outside', ...lab.outside }, 'ipv4');
  t.match(await traced('--from', outside, '--to', `lab/${pod.name}`, '--proto', 'icmp'), {
    outcome: 'dropped',
    conclusion: /NetworkPolicy lab\/web isolates the pod's ingress/,
  });
  t.match(await traced('--from', `lab/${pod.name}`, '--to', outside, '--proto', 'udp', '--port', '53'), {
    outcome: 'forwarded',
    steps: [
      { hook: 'pod_tx' },
      { hook: 'pod_tx' },
      { hook: 'forward' },
      { hook: 'forward' },
      { hook: 'forward' },
    ],
  });
  const elsewhere = await heddlectl(
    ...n1,
    'trace',
    '--from',
    outside,
    '--to',
    `lab/${remote.name}`,
    '--port',
    '1',
  );
  t.match(elsewhere, {
    code: 2,
    stderr: /neither .* nor .* is on this node: trace on the node of one of them\n$/,
  });
});

t.test('no trace is left', async t => {
  const flows = async (): Promise<unknown> => heddlectlJson(...n1, 'conntrack', 'list');
  await heddlectl(...n1, 'conntrack', 'flush');
  for (const ends of [toSsh, toWeb]) await traced(...ends, '--source-port', '40000');
  t.strictSame(await flows(), []);
  t.match(await heddlectlJson(...n1, 'map', 'dump', 'hd_control'), [{ value: { events: 0, nonce: [0, 0] } }]);
});

t.test('drops and flows are told while somebody listens, and Ctrl-C ends it well', async t => {
  const monitor = startHeddlectl(...n1, '-j', 'monitor', '--pod', `lab/${sibling.name}`);
  const done = outcomeOf(monitor);
  t.ok(await until(isListening));
  t.notOk(await ping(pod.netns, addressOf(sibling, 'ipv4'), BRIEFLY), 'policy admits TCP alone');
  monitor.kill('SIGINT');
  const { code, stdout } = await done;
  t.equal(code, 0);
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { verdict?: string });
  t.match(
    events.find(event => event.verdict === 'DROP_POLICY_INGRESS'),
    {
      ...{ kind: 'drop', hook: 'pod_tx', protocol: 'icmp' },
      source: { pod: `lab/${pod.name}` },
      destination: { pod: `lab/${sibling.name}` },
      rule: /^NetworkPolicy lab\/web isolates/,
    },
  );
  t.match(
    await heddlectlJson(...n1, 'map', 'dump', 'hd_control'),
    [{ value: { events: 0 } }],
    'silent again',
  );
});

async function isListening(): Promise<boolean> {
  const [row] = (await heddlectlJson(...n1, 'map', 'dump', 'hd_control')) as { value: { events: number } }[];
  return row?.value.events === 3;
}

t.test('a flow is listed with its rules, and forgotten by its pod', async t => {
  t.ok(await ping(pod.netns, addressOf(remote, 'ipv4')), 'n2 knows no policies: they were given to n1');
  const ofPod = ['conntrack', 'list', '--pod', `lab/${pod.name}`];
  t.match(await heddlectlJson(...n1, ...ofPod), [
    {
      ...{ protocol: 'icmp', state: 'replied', map: 'hd_ct_unassured' },
      originator: { pod: `lab/${pod.name}`, evaluated: /^(current|stale)$/ }, // stale after another policy change
      responder: { pod: `lab/${remote.name}`, evaluated: 'none' },
    },
  ]);
  t.strictSame(await heddlectlJson(...n1, 'conntrack', 'list', '--pod', `lab/${sibling.name}`), []);
  t.strictSame(await heddlectlJson(...n1, 'conntrack', 'flush', '--pod', `lab/${pod.name}`), { flushed: 1 });
  t.strictSame(await heddlectlJson(...n1, ...ofPod), []);
});

t.test('without the daemon the same is read from the pins', async t => {
  await heddlectlJson(...n1, 'policy', 'apply', noMetadata);
  await untilDropped('--from', `lab/${pod.name}`, '--to', '169.254.169.254', '--port', '80');
  await killDaemon(node);
  t.match(await traced(...toSsh), { outcome: 'dropped', conclusion: /no-ssh, ingress rule 1$/ });
  t.match(await heddlectlJson(...n1, 'map', 'dump', 'hd_control'), [{ value: { nonce: [0, 0] } }]);
  t.match(await heddlectl(...n1, 'policy', 'show', `lab/${pod.name}`), {
    code: 0,
    stdout: /tcp 22: deny \(ClusterNetworkPolicy no-ssh, ingress rule 1\)/,
  });
  t.match(await heddlectlJson(...n1, 'policy', 'show', `lab/${pod.name}`), {
    egress: { state: 'enforced' },
    ingress: { state: 'enforced' },
    ownNode: {
      state: 'enforced',
      table: [
        { peers: ['169.254.169.254/32'], rows: [{ action: 'deny', rule: /no-metadata, egress rule 1$/ }] },
      ],
    },
  });
  for (const words of [['monitor'], ['policy', 'list'], ['policy', 'apply', web]])
    t.match(await heddlectl(...n1, ...words), { code: 1, stderr: /heddled does not answer on .*: start it/ });
});

t.test('a policy is taken back', async t => {
  startDaemon(node);
  await waitForDaemon(node);
  t.match(await heddlectl(...n1, 'policy', 'delete', 'NetworkPolicy', 'lab/web'), { code: 0 });
  t.match(await heddlectl(...n1, 'policy', 'delete', 'NetworkPolicy', 'lab/web'), {
    code: 1,
    stderr: 'heddlectl: there is no NetworkPolicy lab/web\n',
  });
});

t.test('a policy that was read in part is listed, and shown as it is honoured', async t => {
  writePolicy(lab, 'partly', {
    ...{ podSelector: {}, policyTypes: ['Ingress'] },
    ingress: [{ from: [{ ipBlock: { cidr: 'banana' } }] }, { from: [{ podSelector: {} }] }],
  });
  t.teardown(() => removeObject(lab, 'partly'));
  const isListed = async (): Promise<boolean> => {
    const rows = (await heddlectlJson(...n1, 'policy', 'list')) as { name: string; status: string }[];
    return rows.some(({ name, status }) => name === 'lab/partly' && status.includes('banana'));
  };
  t.ok(await until(isListed), 'with what could not be read');
  const { stdout } = await heddlectl(...n1, 'policy', 'show', 'lab/n1-p1');
  t.match(stdout, 'no peer (what the policy says here could not be read)');
});
