// What becomes of an error of the system: a code that callers know, and what helps where the system does not say it.
import t from 'tap';
import { orFail } from '../../../loader/programs/failure.ts';

function fail(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`map create hd_ct: ${code}`), { code });
  };
}

t.test('a memory limit that is too small for the tables is named, with the cure', t => {
  t.throws(() => orFail('the program forward cannot be loaded', fail('ENOMEM')), {
    code: 'INTERNAL',
    message:
      'the program forward cannot be loaded: map create hd_ct: ENOMEM: ' +
      "raise the memory limit of heddled's container or service, or lower the sizes in maps",
  });
  t.end();
});

t.test('other errors have a code of ours, and their own words', t => {
  t.throws(() => orFail('x', fail('EPERM')), { code: 'PERMISSION', message: 'x: map create hd_ct: EPERM' });
  t.equal(
    orFail('x', () => 7),
    7,
  );
  t.end();
});
