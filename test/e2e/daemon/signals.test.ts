// What each signal does to a daemon that runs: docs/operating.md has the table.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import { builtFile } from '../../../lab/installation.ts';
import { scratchConfig, scratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';

interface Running {
  readonly child: ChildProcess;
  readonly printed: () => string;
  readonly errors: () => string;
  /** Writes the configuration with these settings beside the usual ones, or as text. */
  readonly configure: (settings: object | string) => void;
  readonly send: (signal: NodeJS.Signals) => void;
}

async function running(t: Test): Promise<Running> {
  const node = scratchNode(t);
  const file = join(node.directory, 'heddled.yaml');
  const configure = (settings: object | string): void =>
    writeFileSync(
      file,
      typeof settings === 'string' ? settings : stringify({ ...scratchConfig(node), ...settings }),
    );
  configure({});
  const argv = [`--net=${node.netns}`, process.execPath, builtFile('heddled.mjs'), '--config', file];
  const child = spawn('nsenter', argv, { stdio: ['ignore', 'pipe', 'pipe'] }); // execve: the same process
  let [printed, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  t.teardown(() => child.kill('SIGKILL'));
  if (!(await until(() => /"msg":"ready"/.test(printed)))) throw new Error(`not ready: ${printed}${errors}`);
  return {
    child,
    configure,
    printed: () => printed,
    errors: () => errors,
    send: signal => void child.kill(signal),
  };
}

t.test('SIGHUP reads the configuration again, whatever is in it', async t => {
  const { child, configure, printed, send } = await running(t);
  configure({ log: { level: 'debug' }, podWaitMs: 4_321 });
  send('SIGHUP');
  t.ok(
    await until(() => /log\.level is debug.*wait for a restart: podWaitMs/.test(printed())),
    'it says what counts now',
  );
  t.ok(await until(() => /"level":"debug"/.test(printed())), 'and it does');
  configure('nonsense: [');
  send('SIGHUP');
  t.ok(await until(() => /cannot be read again, nothing changes/.test(printed())));
  t.equal(child.exitCode, null);
});

// Kind: a signal ends it without a line. Examples: SIGHUP, SIGUSR1 and SIGUSR2, SIGALRM, SIGIO, SIGPWR, SIGQUIT.
t.test('signals without a meaning are ignored, and no debugger opens', async t => {
  const { child, printed, errors, send } = await running(t);
  const told = ['SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'] as const;
  for (const signal of [...told, 'SIGPIPE', 'SIGWINCH'] as const) send(signal);
  for (const signal of told)
    t.ok(await until(() => printed().includes(`"signal":"${signal}","msg":"ignored`)), signal);
  t.equal(errors(), '');
  t.equal(child.exitCode, null);
  t.ok(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8').includes('State:'));
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)
  t.test(`${signal} ends it cleanly`, async t => {
    const { child, printed, send } = await running(t);
    send(signal);
    t.strictSame(await once(child, 'exit'), [0, null]);
    t.match(printed(), /stopping: traffic goes on/);
  });

t.test('a second one ends it at once, with a line', async t => {
  const { child, printed, send } = await running(t);
  send('SIGTERM');
  send('SIGINT');
  const [code] = (await once(child, 'exit')) as [number | null];
  t.ok(code === 1 || code === 0, `exit code ${code}`); // 0: it was faster than the second signal
  if (code === 1) t.match(printed(), /ending at once/);
});
