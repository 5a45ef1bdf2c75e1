import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { leaksSince, switchesLeftOn } from '../../../scripts/test-run/leaks.ts';

t.test('a leak is what was not there before', t => {
  const before = new Set(['left behind: pin maps.debug', 'left behind: link eth0']);
  const now = new Set(['left behind: pin heddle', 'left behind: link eth0']);
  t.strictSame(leaksSince(before, now), ['left behind: pin heddle']);
  t.strictSame(leaksSince(before, before), []);
  t.end();
});

t.test("a switch of the machine's is a leak only where it went from off to on", t => {
  const path = join(t.testdir({ expedited: '0\n' }), 'expedited');
  const off = new Set(switchesLeftOn([path]));
  writeFileSync(path, '1\n');
  const on = new Set(switchesLeftOn([path]));
  t.strictSame(leaksSince(off, on), [
    `left on: ${path} (shared with the machine: another run may have done it)`,
  ]);
  t.strictSame(leaksSince(on, off), []);
  t.strictSame(switchesLeftOn([`${path}-of-no-kernel`]), []);
  t.end();
});
