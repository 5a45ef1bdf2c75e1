// The kind: one cause, told at each event. Examples: a failure at each retry, a device that flaps, one pod after another.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { LineLimit } from '../../../cmd/heddled/line-limit.ts';
import { until } from '../../support/until.ts';

const [INFO, WARN] = [30, 40];

function limited(windowMs = 60_000) {
  const counts: [level: number, count: number, text: string][] = [];
  const limit = new LineLimit({ burst: 3, windowMs, onCount: (...count) => counts.push(count) });
  const say = (text: string, { level = WARN, part = '' } = {}): boolean => limit.admits(level, part, text);
  return { counts, say };
}

/** A number that the limit does not take for one. */
function inLetters(number: number): string {
  return String(number).replace(/\d/g, digit => 'abcdefghij'[Number(digit)] ?? '');
}

t.test('what differs by names, addresses, numbers and paths is one cause', t => {
  const { say } = limited();
  const lines = [
    'hd0123456789a cannot be attached: EPERM',
    'hdabcdef01234 cannot be attached: EPERM',
    'hd00000000001 cannot be attached: EPERM',
    'hd00000000002 cannot be attached: EPERM',
  ];
  t.strictSame(
    lines.map(line => say(line)),
    [true, true, true, false],
  );
  const paths = ['/sys/fs/bpf/a', '/sys/fs/bpf/b', '/run/c', '/run/d'].map(path => say(`${path} is gone`));
  t.strictSame(paths, [true, true, true, false]);
  const addresses = ['10.1.0.2', '10.1.0.3', 'fd00:1::2', 'fd00:1::3'].map(addr =>
    say(`route to ${addr}/32: added`),
  );
  t.strictSame(addresses, [true, true, true, false]);
  t.end();
});

t.test('other causes, other parts and other levels have lines of their own', t => {
  const { say } = limited();
  for (let i = 0; i < 10; i++) say('the disk is full');
  t.notOk(say('the disk is full'));
  t.ok(say('the disk is slow'));
  t.ok(say('the disk is full', { part: 'masquerade' }));
  t.ok(say('the disk is full', { level: INFO }));
  t.end();
});

t.test('what was left out is counted once, with the last of it', async t => {
  const { say, counts } = limited(50);
  for (let i = 0; i < 10; i++) say(`try ${i} failed`);
  t.ok(await until(() => counts.length > 0));
  t.strictSame(counts, [[WARN, 7, 'try 9 failed']]);
  t.ok(say('try 10 failed'), 'a new window');
  await sleep(150);
  t.equal(counts.length, 1, 'and nothing was left out of it');
});

t.test('causes without number share one limit, and are not kept for ever', t => {
  const { say } = limited();
  let admitted = 0;
  for (let i = 0; i < 5_000; i++) if (say(`cause ${inLetters(i)}`)) admitted++;
  t.ok(admitted <= 503, `${admitted}`);
  t.end();
});

// Kind: a line costs or hides what its author chooses. Examples: a long word (the pattern takes the square of it), a long path,
// the names of a flood's objects, a flood of one level.
t.test('a line of a megabyte costs no more than another', t => {
  const { say } = limited();
  const letters = 'a'.repeat(1 << 20);
  const startedAt = process.cpuUsage();
  for (const text of [
    letters,
    `field ${letters} is unknown`,
    `/${letters}`,
    `${'a-b.'.repeat(1 << 18)} is not a name`,
  ])
    t.ok(say(text));
  const usedMs = process.cpuUsage(startedAt).user / 1_000;
  t.ok(usedMs < 2_000, `${usedMs} ms of CPU time; 100 KB took 14 s`);
  t.end();
});

t.test('a flood of causes of one part leaves other parts and levels their lines', t => {
  const { say } = limited();
  for (let i = 0; i < 5_000; i++) say(`policy ${inLetters(i)} cannot be read`, { part: 'kubernetes' });
  t.notOk(say('policy with yet another name', { part: 'kubernetes' }));
  t.ok(say('not ready'), 'of another part');
  t.ok(say('the whole cluster was read', { part: 'kubernetes', level: INFO }), 'of another level');
  t.end();
});
