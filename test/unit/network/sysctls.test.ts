// Settings that are right are not written.
import t from 'tap';
import { acceptRaSpecs, diffSysctls } from '../../../loader/network/sysctls.ts';

const forward = { name: 'net/ipv4/ip_forward', value: '1' };

t.test('what is equal stays, what differs is written, in order', t => {
  const other = { name: 'a/b', value: '2' };
  const actual = new Map([
    ['a/b', '0'],
    ['net/ipv4/ip_forward', '0'],
  ]);
  t.same(diffSysctls([other, forward], actual), [other, forward]);
  t.same(diffSysctls([forward], new Map([['net/ipv4/ip_forward', '1']])), []);
  t.end();
});

t.test('what the kernel does not have is written all the same, unless it is optional', t => {
  t.same(diffSysctls([forward], new Map()), [forward]);
  t.same(diffSysctls([{ ...forward, optional: true }], new Map()), []);
  t.end();
});

t.test('devices that the kernel listens on accept advertisements also when forwarding', t => {
  const value = new Map([
    ['eth0', '1'],
    ['eth1', '0'],
    ['eth2', '2'],
  ]);
  t.same(
    acceptRaSpecs([...value.keys()], device => value.get(device)).map(wish => `${wish.name} = ${wish.value}`),
    ['net/ipv6/conf/eth0/accept_ra = 2', 'net/ipv6/conf/eth2/accept_ra = 2'],
  );
  t.end();
});
