// finish() of bpf/lib/finish.h tells a drop by its number: every DROP_ verdict is at least DROP_MALFORMED, no other is.
import t from 'tap';
import { Verdict } from '../../../loader/abi/abi.gen.ts';

t.test('drops have the highest numbers', t => {
  const names = Object.entries(Verdict);
  t.ok(names.length > 40, `${names.length} verdicts`);
  t.strictSame(
    names.filter(([name, number]) => name.startsWith('DROP_') !== number >= Verdict.DROP_MALFORMED),
    [],
  );
  t.end();
});
