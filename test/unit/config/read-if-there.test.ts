import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readIfThere } from '../../../loader/config/read-if-there.ts';

t.test('a file need not exist, but what exists must be readable', t => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-read-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'there'), 'text');
  t.equal(readIfThere(join(folder, 'there')), 'text');
  t.equal(readIfThere(join(folder, 'missing')), undefined);
  t.throws(() => readIfThere(folder), { code: 'EISDIR' });
  t.end();
});
