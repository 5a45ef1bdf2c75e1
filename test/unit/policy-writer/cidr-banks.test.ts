import t from 'tap';
import { parseCidr, type Cidr } from 'ip';
import { CidrBanks } from '../../../loader/policy-writer/cidr-banks.ts';

const [ten, wide, narrow, all6, all4] = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '::/0', '0.0.0.0/0'].map(
  parseCidr,
) as [Cidr, Cidr, Cidr, Cidr, Cidr];

t.test('a prefix to come does not show in the active bank', t => {
  const prefixes = new CidrBanks();
  prefixes.setActive(ten, 7);
  prefixes.stage(narrow, 9);
  prefixes.stage(wide, 8);
  t.strictSame([prefixes.active(narrow), prefixes.shadow(narrow)], [7, 9]);
  t.strictSame([prefixes.active(wide), prefixes.shadow(wide)], [7, 8]);
  t.end();
});

t.test('a prefix that has gone stands for the longest around it that stays, or comes', t => {
  const prefixes = new CidrBanks();
  prefixes.setActive(ten, 7);
  prefixes.setActive(narrow, 9);
  prefixes.stage(narrow, undefined);
  prefixes.stage(wide, 8);
  t.equal(prefixes.shadow(narrow), 8);
  prefixes.commit(true);
  t.strictSame([prefixes.active(narrow), prefixes.shadow(narrow)], [8, 9], 'active, and before');
  t.strictSame([prefixes.active(wide), prefixes.shadow(wide)], [8, 7]);
  t.strictSame(prefixes.prune(prefixes.syncShadow()), [narrow]);
  t.notOk(prefixes.has(narrow));
  t.strictSame([...prefixes.keys()].sort(), [ten, wide].sort());
  t.end();
});

t.test('without any prefix around it is anybody', t => {
  const prefixes = new CidrBanks();
  prefixes.stage(narrow, 9);
  t.equal(prefixes.active(narrow), 0);
  t.end();
});

t.test('as in the kernel, ::/0 is around IPv4 too', t => {
  const prefixes = new CidrBanks();
  prefixes.setActive(all6, 6);
  prefixes.stage(all4, 4);
  t.strictSame([prefixes.active(all4), prefixes.shadow(all4)], [6, 4]);
  t.end();
});

t.test('what was wanted and is wanted no more leaves nothing', t => {
  const prefixes = new CidrBanks();
  prefixes.stage(narrow, 9);
  prefixes.stage(narrow, undefined);
  t.notOk(prefixes.has(narrow));
  t.strictSame(prefixes.staged(), []);
  t.end();
});
