import { existsSync } from 'node:fs';
import t from 'tap';
import { isRootless } from '../../../scripts/test-suites.ts';
import { LONG_TESTS } from '../../long-tests.ts';

t.test('long tests are there, and count for no coverage', t => {
  t.strictSame(
    [...LONG_TESTS].filter(file => !existsSync(file) || isRootless(file)),
    [],
  );
  t.end();
});
