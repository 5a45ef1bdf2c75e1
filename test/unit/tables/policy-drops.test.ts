// Rows of hd_policy_drop as figures.
import t from 'tap';
import { packetsByRule } from '../../../loader/tables/policy-drops.ts';

t.test("a rule's packets are those of all CPUs", t => {
  const packets = packetsByRule([
    [7, [1n, 0n, 4n]],
    [9, [0n, 2n, 0n]],
  ]);
  t.strictSame(Object.fromEntries(packets), { 7: 5, 9: 2 });
  t.end();
});
