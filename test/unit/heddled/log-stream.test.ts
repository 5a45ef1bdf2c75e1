// The log cannot be written. The kind: what only reports ends or stops what it reports on. Examples: a full disk, a reader
// that stands still, a reader that is gone, a descriptor that is closed.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { LogStream, RETRY_MS } from '../../../cmd/heddled/log-stream.ts';
import { cpuMs } from '../../support/cpu-time.ts';
import { until } from '../../support/until.ts';

const lossLine = (lines: number): string => `lost ${lines}\n`;
const LINE = `${'x'.repeat(1_023)}\n`;

t.test('a full disk', t => {
  const stream = new LogStream(lossLine, openSync('/dev/full', 'w'));
  t.doesNotThrow(() => {
    for (let i = 0; i < 10; i++) stream.write(LINE);
  });
  stream[Symbol.dispose]();
  t.end();
});

t.test('a reader that stands still: nobody waits, and what had no room is counted', async t => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const stream = new LogStream(lossLine, both);
  const lines = 2_000; // more than pipe and stream hold
  for (let i = 0; i < lines; i++) stream.write(LINE);
  const heard: Buffer[] = [];
  const isDrained = (): boolean => {
    const chunk = Buffer.alloc(1 << 16);
    for (;;) {
      const length = readSync(both, chunk);
      if (length === 0) return false;
      heard.push(Buffer.from(chunk.subarray(0, length)));
      if (Buffer.concat(heard).includes('after')) return true;
    }
  };
  await until(() => isDrained(), 2_000);
  stream.write('after\n');
  t.ok(await until(isDrained), 'what comes later is written');
  const text = Buffer.concat(heard).toString();
  const whole = text.split('\n').filter(line => line.length === LINE.length - 1).length;
  const lost = Number(/lost (\d+)/.exec(text)?.[1]);
  t.equal(whole + lost, lines, 'every line was written or counted');
  stream[Symbol.dispose]();
  closeSync(both);
});

t.test('a reader that is gone', t => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stream = new LogStream(lossLine, openSync(path, constants.O_WRONLY));
  closeSync(reader);
  t.doesNotThrow(() => stream.write(LINE));
  stream[Symbol.dispose]();
  t.end();
});

t.test('a line of which a part was written is ended, and all that is lost is counted', async t => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stream = new LogStream(lossLine, openSync(path, constants.O_WRONLY));
  const long = `${'x'.repeat(20_000)}\n`; // longer than what a pipe takes whole or not at all
  const lines = 20;
  for (let i = 0; i < lines; i++) stream.write(long);
  // a pipe keeps what is in it from one reader to the next
  closeSync(first);
  await sleep(2 * RETRY_MS); // the stream's own timer is due before this one
  const second = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const text = (): string => {
    const chunk = Buffer.alloc(1 << 20);
    return chunk.subarray(0, readSync(second, chunk)).toString();
  };
  const before = text();
  t.notOk(before.endsWith('\n'), 'half a line is in it');
  stream.write('after\n');
  const [rest, loss, after] = text().split('\n');
  t.strictSame([rest, after], ['', 'after']);
  t.equal(loss, `lost ${lines - (before.split('\n').length - 1)}`);
  closeSync(second);
  stream[Symbol.dispose]();
});

t.test('a line costs the same however much is waiting before it', t => {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const stream = new LogStream(lossLine, both);
  const short = `${'x'.repeat(30)}\n`;
  const costMs = (lines: number): number =>
    cpuMs(() => {
      for (let i = 0; i < lines; i++) stream.write(short);
    });
  const first = costMs(8_000);
  const later = costMs(8_000);
  t.ok(later < 10 * first + 50, `${later.toFixed(0)} ms where ${first.toFixed(0)} were enough`);
  stream[Symbol.dispose]();
  closeSync(both);
  t.end();
});
