// heddlectl policy check reads files as the daemon would, tells all that it would not honour, and says it by its exit status.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { checkFile } from '../../../cmd/heddlectl/policy/check.ts';
import { heddlectl, outcomeOf, startHeddlectlReading } from '../../support/heddlectl.ts';

const HEAD = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n';

const folder = t.testdir({
  good: { 'web.yaml': `${HEAD}metadata: { namespace: shop, name: web }\nspec: { podSelector: {} }\n` },
  bad: {
    'a.yaml': `${HEAD}metadata: { namespace: shop, name: a }\nspec: { podSelector: 7 }\n---\n${HEAD}metadata: { namespace: shop, name: b }\nspec:\n  podSelector: {}\n  ingress:\n    - ports: [{ port: 99999 }]\n`,
    'b.yaml': 'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: { name: c }\n',
    'c.yaml': 'kind: [\n',
    'notes.txt': 'not a manifest',
  },
  none: {},
});

t.test('what is honoured whole', async t => {
  const { code, stdout } = await heddlectl('policy', 'check', join(folder, 'good'));
  t.equal(stdout, '1 policy, 0 problems\n');
  t.equal(code, 0);
});

t.test('all problems at once, each with its file and line', async t => {
  const { code, stdout } = await heddlectl('policy', 'check', join(folder, 'good'), join(folder, 'bad'));
  t.equal(code, 1);
  const lines = stdout.trimEnd().split('\n');
  for (const [file, line] of [
    ['a.yaml', 4],
    ['a.yaml', 12],
    ['b.yaml', 1],
    ['c.yaml', 2],
  ] as const)
    t.ok(
      lines.some(one => one.startsWith(`${join(folder, 'bad', file)}:${line}: `)),
      `${file}:${line}`,
      { lines },
    );
  t.equal(lines.at(-1), '3 policies, 4 problems');
  const json = await heddlectl('-j', 'policy', 'check', join(folder, 'bad'));
  t.match(JSON.parse(json.stdout), { policies: ['NetworkPolicy shop/a', 'NetworkPolicy shop/b'] });
});

t.test('one file', t => {
  t.strictSame(checkFile(join(folder, 'good/web.yaml')), {
    ...{ policies: ['NetworkPolicy shop/web'], problems: [] },
  });
  t.end();
});

t.test('standard input, and what is no regular file', async t => {
  const child = startHeddlectlReading('policy', 'check', '-');
  child.stdin?.end(`${HEAD}metadata: { namespace: shop, name: a }\nspec: { podSelector: 7 }\n`);
  t.match(await outcomeOf(child), { code: 1, stdout: /^standard input:4: .*\n1 policy, 1 problem\n$/ });
  const odd = t.testdir({ 'dir.yaml': {}, 'web.yaml': '' });
  execFileSync('mkfifo', [join(odd, 'fifo.yaml')]);
  for (const command of [['policy', 'check'], ['apply']])
    t.match(await heddlectl(...command, odd), {
      code: 2,
      stderr: `heddlectl: '${odd}' cannot be read: not regular files: ${odd}/dir.yaml, ${odd}/fifo.yaml\n`,
    });
});

t.test('nothing to check is a mistake of the command line', async t => {
  const { code, stderr } = await heddlectl('policy', 'check', join(folder, 'none'));
  t.equal(code, 2);
  t.match(stderr, /^heddlectl: no policies in .*: name files or directories with policies\n$/);
  t.equal((await heddlectl('policy', 'check', '/nowhere')).code, 2);
});
