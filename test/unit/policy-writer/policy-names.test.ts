import t from 'tap';
import type { PolicyKey } from '../../../loader/model/policies.ts';
import { PolicyNames, policyNameRow } from '../../../loader/policy-writer/policy-names.ts';

function words(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString().replace(/\0.*$/s, '');
}

t.test('a name is what the key says', t => {
  const row = policyNameRow('NetworkPolicy team-a/allow.web' as PolicyKey);
  t.strictSame([row.kind, words(row.namespace), words(row.name)], [1, 'team-a', 'allow.web']);
  const cluster = policyNameRow('ClusterNetworkPolicy everyone' as PolicyKey);
  t.strictSame([cluster.kind, words(cluster.namespace), words(cluster.name)], [2, '', 'everyone']);
  const long = policyNameRow(`ClusterNetworkPolicy ${'x'.repeat(300)}` as PolicyKey);
  t.equal(words(long.name), 'x'.repeat(255), 'and ends with a zero byte');
  t.end();
});

t.test('a policy has one number for as long as somebody uses it, and the same one again', t => {
  const names = new PolicyNames();
  const key = 'ClusterNetworkPolicy p' as PolicyKey;
  const first = names.acquire(key);
  t.ok(first.isFirst);
  t.strictSame(names.acquire(key), { number: first.number, isFirst: false });
  t.equal(names.release(key), undefined);
  t.equal(names.release(key), first.number);
  t.equal(new PolicyNames().acquire(key).number, first.number, 'in every process');
  t.end();
});
