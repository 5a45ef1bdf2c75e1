// Times on the command line, and signals that let a command take away what it has made.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { secondsIn } from '../../../cmd/heddlectl/invocation/duration.ts';
import { Interruption } from '../../../cmd/heddlectl/invocation/interruption.ts';

t.test('times have a unit, or are seconds', t => {
  t.strictSame(
    ['30', '30s', '5m', '1h', '24h'].map(text => secondsIn(text, '--wait')),
    [30, 30, 300, 3_600, 86_400],
  );
  for (const text of ['', '0', '0s', '-1s', '1d', '25h', 'soon', '1.5m'])
    t.throws(() => secondsIn(text, '--wait'), {
      name: 'UsageError',
      message: `--wait cannot be '${text}': use a time such as 60s or 5m, a day at most`,
    });
  t.end();
});

const kill = (): Promise<unknown> => promisify(execFile)('kill', ['-INT', String(process.pid)]);

t.test('a signal ends what runs, and what would run then', async t => {
  const interruption = new Interruption();
  t.teardown(() => interruption[Symbol.dispose]());
  t.equal(await interruption.run(() => Promise.resolve(7)), 7);
  let given: AbortSignal | undefined;
  const running = interruption.run(signal => {
    given = signal;
    return new Promise(() => undefined);
  });
  const ended = t.rejects(running, { message: 'interrupted by SIGINT' });
  await kill();
  await ended;
  t.equal(given?.aborted, true);
  await t.rejects(
    interruption.run(() => Promise.resolve(t.fail('it does not begin'))),
    { message: 'interrupted by SIGINT' },
  );
});

t.test('once disposed it leaves signals alone', t => {
  const before = process.listenerCount('SIGINT');
  const interruption = new Interruption();
  t.equal(process.listenerCount('SIGINT'), before + 1);
  interruption[Symbol.dispose]();
  t.equal(process.listenerCount('SIGINT'), before);
  t.end();
});
