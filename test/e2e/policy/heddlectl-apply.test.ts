// heddlectl apply, confirm, rollback over a lab: a mistake that cuts off whoever made it mends itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { stringify } from 'yaml';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl, heddlectlJson } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { pingedUntil } from '../../support/traffic.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const n1 = ['--lab', lab.options.name, '--node', 'n1'];
const folder = mkdtempSync(join(tmpdir(), 'heddle-apply-'));
t.teardown(() => rmSync(folder, { recursive: true }));

const isolate = (name: string, policyTypes: readonly string[]) =>
  stringify({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    ...{ metadata: { name, namespace: 'lab' }, spec: { podSelector: {}, policyTypes } },
  });
writeFileSync(
  join(folder, 'all.yaml'),
  [isolate('in', ['Ingress']), isolate('out', ['Egress'])].join('---\n'),
);
writeFileSync(join(folder, 'note.txt'), 'no manifest');

const far = podNamed(lab, 'n2-p1');
const becomes = (isReached: boolean) =>
  pingedUntil(isReached, far.netns, addressOf(podNamed(lab, 'n1-p1'), 'ipv4'));

t.test('a directory is applied in one step, and taken back by itself', async t => {
  const { stdout, code } = await heddlectl(...n1, 'apply', '--confirm', '12s', folder);
  t.equal(code, 0);
  t.equal(
    stdout,
    'NetworkPolicy lab/in: created\nNetworkPolicy lab/out: created\n' +
      'rolled back in 12s unless confirmed: heddlectl confirm\n',
  );
  t.ok(await becomes(false), 'the pod is cut off');
  t.ok(await becomes(true), 'and is not any more');
});

t.test('also by the next daemon', async t => {
  await heddlectl(...n1, 'apply', '--confirm', '12s', folder);
  t.ok(await becomes(false));
  await killDaemon(node);
  await sleep(12_000);
  t.ok(await becomes(false), 'nobody is there who could take it back');
  startDaemon(node);
  await waitForDaemon(node);
  t.ok(await becomes(true));
});

t.test('confirm keeps it, rollback takes it back', async t => {
  await heddlectl(...n1, 'apply', '--confirm', '30s', folder);
  t.strictSame(await heddlectlJson(...n1, 'confirm'), { outcome: 'confirmed' });
  t.ok(await becomes(false), 'cut off');
  t.match((await heddlectl(...n1, 'confirm')).stderr, /nothing/, 'nothing is waiting to be taken back');
  t.strictSame(await heddlectlJson(...n1, 'rollback'), { outcome: 'rolled back', policies: 2 });
  t.ok(await becomes(true));
});

t.test('mistakes are one sentence, and change nothing', async t => {
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, `${isolate('in', ['Ingress'])}---\n${isolate('out', ['Outwards'])}`);
  const cases: readonly [readonly string[], number, RegExp][] = [
    [['apply', broken], 2, /broken\.yaml:\d+: .*'Outwards' must be one of Ingress, Egress/],
    [['apply', join(folder, 'nowhere')], 2, /nowhere' cannot be read: ENOENT/],
    [['apply', '--confirm', 'soon', folder], 2, /--confirm cannot be 'soon': use a time such as 60s/],
    [['confirm'], 1, /nothing waits to be confirmed/],
    [['rollback'], 1, /there is nothing to roll back/],
  ];
  for (const [words, code, sentence] of cases) {
    const outcome = await heddlectl(...n1, ...words);
    t.equal(outcome.code, code, outcome.stderr);
    t.match(outcome.stderr, sentence);
    t.equal(outcome.stderr.trimEnd().split('\n').length, 1);
  }
  t.ok(await becomes(true));
});
