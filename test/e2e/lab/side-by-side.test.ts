// Labs with the same addresses do not meet.
import t from 'tap';
import { labDown } from '../../../lab/down.ts';
import { ping } from '../../support/traffic.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';

t.test('two labs side by side work, and one that goes leaves the other alone', async t => {
  const [one, two] = await Promise.all([testLab(t, { podsPerNode: 1 }), testLab(t, { podsPerNode: 1 })]);
  const [from, to] = [podNamed(one, 'n1-p1'), podNamed(one, 'n2-p1')];
  const twin = podNamed(two, 'n1-p1');
  t.strictSame(from.addresses, twin.addresses, 'they use the same addresses');
  t.ok(await ping(from.netns, addressOf(to, 'ipv4')));
  t.ok(await ping(twin.netns, addressOf(podNamed(two, 'n2-p1'), 'ipv6')));

  await labDown(two.options.name);
  t.ok(await ping(from.netns, addressOf(to, 'ipv4')), 'the other one still carries packets');
});
