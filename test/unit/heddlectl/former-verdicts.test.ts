// JSON output of stats and trace has the former name of a renamed verdict beside the current one.
import t from 'tap';
import { withFormerVerdict } from '../../../cmd/heddlectl/output/former-verdicts.ts';
import { VERDICT_NAMES } from '../../../loader/abi/hook-name.ts';

t.test('a renamed verdict keeps its former name as an alias', t => {
  t.strictSame(withFormerVerdict({ hook: 'pod_tx', verdict: 'REDIRECT_POD' }), {
    ...{ hook: 'pod_tx', verdict: 'REDIRECT_POD' },
    formerly: ['DELIVER_POD'],
  });
  t.end();
});

t.test('one that kept its name has none, nor has a row without verdict', t => {
  t.strictSame(withFormerVerdict({ verdict: 'DROP_ENCAP' }), { verdict: 'DROP_ENCAP' });
  t.strictSame(withFormerVerdict({}), {});
  t.end();
});

t.test('no former name is a current one, and none is given twice', t => {
  const former = VERDICT_NAMES.flatMap(verdict => withFormerVerdict({ verdict }).formerly ?? []);
  t.equal(former.length, 8);
  t.strictSame([...new Set(former)], former);
  t.strictSame(
    former.filter(name => (VERDICT_NAMES as readonly string[]).includes(name)),
    [],
  );
  t.end();
});
