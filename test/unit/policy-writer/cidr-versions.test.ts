import { type Cidr, parseCidr } from 'ip';
import t from 'tap';
import { CidrVersions } from '../../../loader/policy-writer/cidr-versions.ts';

const [ten, wide, narrow, all6, all4] = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '::/0', '0.0.0.0/0'].map(
  parseCidr,
) as [Cidr, Cidr, Cidr, Cidr, Cidr];

t.test('a prefix to come does not show in the version in force', t => {
  const prefixes = new CidrVersions();
  prefixes.put(ten, 7);
  prefixes.want(narrow, 9);
  prefixes.want(wide, 8);
  t.strictSame([prefixes.inForce(narrow), prefixes.other(narrow)], [7, 9]);
  t.strictSame([prefixes.inForce(wide), prefixes.other(wide)], [7, 8]);
  t.end();
});

t.test('a prefix that has gone stands for the longest around it that stays, or comes', t => {
  const prefixes = new CidrVersions();
  prefixes.put(ten, 7);
  prefixes.put(narrow, 9);
  prefixes.want(narrow, undefined);
  prefixes.want(wide, 8);
  t.equal(prefixes.other(narrow), 8);
  prefixes.advance(true);
  t.strictSame([prefixes.inForce(narrow), prefixes.other(narrow)], [8, 9], 'in force, and before');
  t.strictSame([prefixes.inForce(wide), prefixes.other(wide)], [8, 7]);
  t.strictSame(prefixes.forget(prefixes.settle()), [narrow]);
  t.notOk(prefixes.has(narrow));
  t.strictSame([...prefixes.keys()].sort(), [ten, wide].sort());
  t.end();
});

t.test('without any prefix around it is anybody', t => {
  const prefixes = new CidrVersions();
  prefixes.want(narrow, 9);
  t.equal(prefixes.inForce(narrow), 0);
  t.end();
});

t.test('as in the kernel, ::/0 is around IPv4 too', t => {
  const prefixes = new CidrVersions();
  prefixes.put(all6, 6);
  prefixes.want(all4, 4);
  t.strictSame([prefixes.inForce(all4), prefixes.other(all4)], [6, 4]);
  t.end();
});

t.test('what was wanted and is wanted no more leaves nothing', t => {
  const prefixes = new CidrVersions();
  prefixes.want(narrow, 9);
  prefixes.want(narrow, undefined);
  t.notOk(prefixes.has(narrow));
  t.strictSame(prefixes.staged(), []);
  t.end();
});
