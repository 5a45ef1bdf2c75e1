// Attachments are compared with what their pods really have. Kind: a pod that was right after its ADD and is not any more.
// Examples: a chained plugin sets another MAC, an address is taken away inside, the interface goes down inside, the node's pod
// CIDR changes under the pod, a rule of the host sends its packets elsewhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { callCni, errorOf } from '../../support/cni-call.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { podsPerNode: 2 });
const node = nodeNamed(lab, 'n1');
const [pod, beside, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const MAC = '02:77:00:00:00:01';

async function inPod(...words: string[]): Promise<void> {
  await mustExec(pod, ...words);
}

async function problems(): Promise<readonly string[]> {
  return (await askStatus(node.socket))?.problems ?? ['no answer'];
}

/** From and to it, near, far and the node, both families. */
async function isReachable(): Promise<boolean> {
  const families = ['ipv4', 'ipv6'] as const;
  const ways = families.flatMap(family => [
    ping(pod.netns, addressOf(far, family), BRIEFLY),
    ping(far.netns, addressOf(pod, family), BRIEFLY),
    ping(beside.netns, addressOf(pod, family), BRIEFLY),
    ping(node.netns, addressOf(pod, family), BRIEFLY),
  ]);
  return (await Promise.all(ways)).every(answered => answered);
}

t.test('a MAC that a plugin after ours has set is adopted, and stays so', async t => {
  await inPod('ip', 'link', 'set', 'eth0', 'address', MAC);
  t.ok(await until(isReachable), 'traffic goes on, on every way');
  t.strictSame(await problems(), []);
  const device = hostInterfaceName(pod);
  t.match(await mustExec(node, 'ip', 'neigh', 'show', 'dev', device), new RegExp(`lladdr ${MAC} PERMANENT`));
  const log = readFileSync(node.logFile, 'utf8');
  t.match(log, `became ${MAC}, as its interface has it`);
  await killDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
  t.ok(await isReachable(), 'a restart knows it');
});

interface Damage {
  readonly title: string;
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
  readonly says: RegExp;
}

const manifest = join(lab.manifests, 'node-n1.yaml');
async function sed(from: string, to: string): Promise<void> {
  await mustExec(node, 'sed', '-i', `s#${from}#${to}#`, manifest);
}

const DAMAGES: readonly Damage[] = [
  {
    title: 'an address taken away inside',
    begin: () => inPod('ip', 'address', 'delete', `${addressOf(pod, 'ipv6')}/128`, 'dev', 'eth0'),
    end: () => inPod('ip', 'address', 'add', `${addressOf(pod, 'ipv6')}/128`, 'dev', 'eth0', 'nodad'),
    says: /^eth0 of pod lab\/n1-p1 lacks its address fd00:.*, so it cannot be reached there: delete the pod$/,
  },
  {
    title: 'a rule that sends its packets elsewhere',
    begin: async () => {
      await mustExec(
        node,
        'ip',
        'rule',
        'add',
        'to',
        addressOf(pod, 'ipv4'),
        'lookup',
        '77',
        'priority',
        '7',
      );
      await mustExec(node, 'ip', 'route', 'add', 'default', 'dev', 'eth0', 'table', '77');
    },
    end: async () => {
      await mustExec(node, 'ip', 'rule', 'delete', 'priority', '7');
      await mustExec(node, 'ip', 'route', 'flush', 'table', '77');
    },
    says: /^this node's traffic to 10\.244\.1\.2\/32 leaves by link \d+ and not by link \d+, because another route or rule/,
  },
  {
    title: 'another pod CIDR of the node',
    begin: () => sed('10\\.244\\.1\\.0/24', '10.244.77.0/24'),
    end: () => sed('10\\.244\\.77\\.0/24', '10.244.1.0/24'),
    says: /^outside of this node's pod CIDRs \(.*10\.244\.77\.0\/24.*pod lab\/n1-p1 \(10\.244\.1\.2\).*delete these pods/,
  },
];

async function timesLogged(text: string): Promise<number> {
  const lines = readFileSync(node.logFile, 'utf8').split('\n');
  return Promise.resolve(lines.filter(line => line.includes(`"msg":${JSON.stringify(text)}`)).length);
}

async function assertTold(t: Test, { begin, end, says }: Damage): Promise<void> {
  await begin();
  t.ok(await until(async () => (await problems()).some(one => says.test(one))), 'it is told');
  const told = (await problems()).find(one => says.test(one)) ?? '';
  t.equal((await askStatus(node.socket))?.ready, true, 'and the node stays ready');
  await end();
  t.ok(await until(async () => (await problems()).length === 0), `it is over: ${String(await problems())}`);
  t.equal(await timesLogged(told), 1, 'it begins once in the log');
  t.equal(await timesLogged(`over: ${told}`), 1, 'and ends once');
  t.ok(await until(isReachable));
}

for (const damage of DAMAGES) t.test(damage.title, t => assertTold(t, damage));

t.test('CHECK knows the adopted MAC', async t => {
  const run = await callCni('CHECK', node, pod, {
    config: { cniVersion: '1.0.0', prevResult: { cniVersion: '1.0.0' } },
  });
  t.notMatch(errorOf(run).details ?? '', /has the MAC/);
});
