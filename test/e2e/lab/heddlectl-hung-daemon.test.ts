// A daemon that is stopped (SIGSTOP) has its socket and answers nothing: every command ends, and says what is the matter.
import { once } from 'node:events';
import t from 'tap';
import { daemonOf } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { signal } from '../../../lab/process.ts';
import { heddlectl, heddlectlJson, outcomeOf, startHeddlectl, statusJson } from '../../support/heddlectl.ts';
import { podNamed, testLab } from '../../support/lab.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 1, podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const pod = `lab/${podNamed(lab, 'n1-p1').name}`;
const n1 = ['--lab', lab.options.name, '--node', 'n1'];
const HANGS = /^heddlectl: heddled does not answer on .*it hangs, is stopped \(SIGSTOP\) or very busy/;

const daemon = daemonOf(node);
if (daemon === undefined) throw new Error('the daemon runs');
const following = startHeddlectl(...n1, 'monitor');
if (following.stderr !== null) await once(following.stderr, 'data'); // it listens
const followed = outcomeOf(following);
signal(daemon, 'SIGSTOP');
t.teardown(() => {
  signal(daemon, 'SIGCONT');
});

t.test('what needs the daemon fails, and was not asked of it', async t => {
  const trace = ['trace', '--from', pod, '--to', '192.0.2.1', '--port', '80'];
  const commands = [['monitor', '--last', '5m'], ['monitor'], trace, ['policy', 'list'], ['rollback']];
  const outcomes = await Promise.all(commands.map(words => heddlectl(...n1, ...words)));
  for (const [i, outcome] of outcomes.entries())
    t.match(outcome, { code: 1, stdout: '', stderr: HANGS }, String(commands[i]));
});

t.test('a monitor that was open before ends, too', async t => {
  t.match(await followed, { code: 1, stderr: /heddled does not answer on / });
});

t.test('what is pinned is read, and what hangs is named', async t => {
  t.match(await heddlectlJson(...n1, 'endpoint', 'show', pod), [{ pod }], 'by its record');
  t.match(await heddlectlJson(...n1, 'policy', 'show', pod), { pod, ingress: { state: 'open' } });
  t.match(await statusJson(...n1), { condition: 'stopped', daemon: { running: false, hangs: true } });
  t.match(await heddlectl(...n1, 'doctor'), { stdout: /heddled hangs, is stopped or very busy: .* is open/ });
  t.match(await heddlectl('__complete', '--', ...n1, 'policy', 'delete', 'netpol', ''), { code: 0 });
});
