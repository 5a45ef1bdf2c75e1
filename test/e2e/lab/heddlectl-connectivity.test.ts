// heddlectl connectivity test over a lab: every path works, a path that is cut is named, and nothing of the test stays.
import { once } from 'node:events';
import t from 'tap';
import type { PathResult } from '../../../loader/connectivity/connectivity-test.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, writePolicy } from '../../support/lab-policy.ts';
import { pingedUntil } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t);
const words = ['--lab', lab.options.name, 'connectivity', 'test'];
const n1 = nodeNamed(lab, 'n1');

/** Rules, policies and servers of the test. */
async function remains(): Promise<string> {
  const rules = await Promise.all(lab.nodes.map(node => mustExec(node, 'nft', 'list', 'tables')));
  const listeners = await Promise.all(
    [...lab.nodes, ...lab.pods].map(host => mustExec(host, 'ss', '-Hltn', 'sport', '=', ':7007')),
  );
  const policies = await heddlectl('--lab', lab.options.name, '--node', 'n1', 'policy', 'list');
  return [...rules, ...listeners, policies.stdout].join('').replaceAll(/table inet heddle\n/g, '');
}

const before = await remains();

t.test('every path works, and is a line', async t => {
  const { code, stdout, stderr } = await heddlectl(...words);
  t.equal(code, 0, stdout + stderr);
  const lines = stdout.trimEnd().split('\n');
  t.equal(lines.at(-1), 'all 17 paths work');
  t.strictSame(
    lines.slice(0, -1).filter(line => !line.startsWith('ok    ')),
    [],
  );
  t.match(lines[1], /^ok {4}pod to pod, other node +48 of 48$/);
  t.equal(await remains(), before, 'nothing stays');
});

t.test('what policy of the lab cuts is named, from whom to whom', async t => {
  const cut = podNamed(lab, 'n1-p2');
  writePolicy(lab, 'cut', { podSelector: podsNamed(cut.name), policyTypes: ['Ingress'] });
  for (const address of cut.addresses)
    t.ok(await pingedUntil(false, podNamed(lab, 'n2-p1').netns, address), 'the policy is active');
  const { code, stdout } = await heddlectl('-j', ...words, '--only', 'pod to pod');
  t.equal(code, 1);
  const results = JSON.parse(stdout) as PathResult[];
  t.strictSame(
    results.map(({ path }) => path),
    ['pod to pod, same node', 'pod to pod, other node'],
  );
  const all = results.flatMap(({ failures }) => failures);
  t.ok(all.includes(`n1-p1 → ${addressOf(cut, 'ipv4')} tcp: no answer`), all.slice(0, 3).join('\n'));
  t.ok(
    all.every(failure => cut.addresses.some(address => failure.includes(` → ${address} `))),
    'and nothing else fails',
    { all },
  );
});

t.test('its reader has gone (heddlectl connectivity test | head -1): it takes everything away', async t => {
  const running = startHeddlectl(...words);
  const ended = outcomeOf(running);
  if (running.stdout === null) throw new Error('standard output is a pipe');
  await once(running.stdout, 'data');
  running.stdout.destroy();
  t.match(await ended, { code: 1, stderr: /standard output cannot be written: / });
  t.notMatch(await remains(), /kube-proxy|7007|connectivity/);
});

t.test(
  'a path that is not there is a mistake of the command line, and not a cluster that is well',
  async t => {
    t.match(await heddlectl(...words, '--only', 'pod to nobody'), {
      code: 2,
      stdout: '',
      stderr: "heddlectl: --only 'pod to nobody' is in no path's name: leave it out to see all of them\n",
    });
  },
);

t.test('interrupted, it takes everything away', async t => {
  const running = startHeddlectl(...words);
  const ended = outcomeOf(running);
  t.ok(await until(async () => (await mustExec(n1, 'nft', 'list', 'tables')).includes('kube-proxy')));
  running.kill('SIGINT');
  t.match(await ended, { code: 1, stderr: /interrupted by SIGINT/ });
  t.notMatch(await remains(), /kube-proxy|7007|connectivity/);
});
