// A command that does not end, is stopped, or cannot be started. The kind: a process that the daemon waits for fails in
// another way than by its exit status; nft is the example.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand, runIfInstalled } from '../../../loader/network/run-command.ts';
import { until } from '../../support/until.ts';

const PATIENT = { limitMs: 60_000 };

t.test('what it prints and its status', async t => {
  const argv = ['sh', '-c', 'cat; echo no >&2; exit 3'];
  t.strictSame(await runCommand(argv, 'in', PATIENT), { status: 3, stdout: 'in', stderr: 'no\n' });
});

t.test('one that does not end is ended, with what it has started', async t => {
  const file = join(t.testdir(), 'pid');
  const running = runCommand(['sh', '-c', `sleep 4711 & echo $! > ${file}; wait`], '', { limitMs: 1_000 });
  await t.rejects(running, { code: 'IO', message: /has not ended within 1 s: sh -c/ });
  const pid = Number(readFileSync(file, 'utf8'));
  t.ok(pid > 0);
  t.ok(await until(() => !existsSync(`/proc/${pid}`) || /^State:\tZ/m.test(statusOf(pid))), 'its child, too');
});

t.test('a stop ends it, also one that was asked for before', async t => {
  const stop = new AbortController();
  const running = runCommand(['sleep', '4711'], '', { ...PATIENT, signal: stop.signal });
  stop.abort();
  await t.rejects(running, /was stopped/);
  await t.rejects(runCommand(['sleep', '4711'], '', { ...PATIENT, signal: stop.signal }), /was stopped/);
});

t.test('one that is not there, or not to be executed, rejects with the reason', async t => {
  await t.rejects(runCommand(['/nonexistent/nft'], '', PATIENT), { code: 'ENOENT' });
  await t.rejects(runCommand(['/etc/passwd'], '', PATIENT), { code: 'EACCES' });
});

t.test('one that is not installed is no failure for whoever can do without it', async t => {
  t.equal(await runIfInstalled(['/nonexistent/timedatectl'], PATIENT), undefined);
  t.match(await runIfInstalled(['sh', '-c', 'exit 3'], PATIENT), { status: 3 });
  await t.rejects(runIfInstalled(['/etc/passwd'], PATIENT), { code: 'EACCES' });
});

function statusOf(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8');
}
