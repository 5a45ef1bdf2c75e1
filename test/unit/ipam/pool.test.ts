import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import {
  allocateAddresses,
  createAddressPool,
  endCooldown,
  freeAddress,
  setPoolCidrs,
  markInUse,
} from '../../../loader/ipam/pool.ts';
import type { AddressPool } from '../../../loader/ipam/address-pool.ts';
import { DUAL, request, SMALL } from './request.ts';
import { cpuMs } from '../../support/cpu-time.ts';

function poolOf(cidrs = SMALL): AddressPool {
  const pool = createAddressPool();
  setPoolCidrs(pool, cidrs);
  return pool;
}

function fill(pool: AddressPool, count: number): string[] {
  return Array.from({ length: count }, (_, i) => allocateAddresses(pool, request(`pod ${i}`)).join(' '));
}

t.test('addresses are allocated in order, without those of the network and of the node', t => {
  const pool = poolOf();
  t.strictSame(fill(pool, 5), ['10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.5', '10.1.0.6']);
  t.throws(() => allocateAddresses(pool, request('pod late')), {
    code: 'ADDRESS_EXHAUSTED',
    message: 'no address is left for pod late in 10.1.0.0/29: delete pods, or give the node another pod CIDR',
  });
  t.end();
});

t.test('each family gets one address, IPv4 first', t => {
  t.strictSame(fill(poolOf(DUAL), 2), ['10.1.0.2 fd00:1::2', '10.1.0.3 fd00:1::3']);
  t.strictSame(fill(poolOf([parseCidr('fd00:1::/64')]), 1), ['fd00:1::2']);
  t.end();
});

t.test('the second prefix of a family follows the first', t => {
  const pool = poolOf([parseCidr('10.1.0.0/30'), parseCidr('10.2.0.0/30')]);
  t.strictSame(fill(pool, 3), ['10.1.0.2', '10.2.0.1', '10.2.0.2']);
  t.end();
});

t.test('the smallest prefixes have the addresses of RFC 3021 and RFC 6164', t => {
  t.strictSame(fill(poolOf([parseCidr('10.1.0.0/31')]), 1), ['10.1.0.1']);
  t.strictSame(fill(poolOf([parseCidr('fd00::/127')]), 1), ['fd00::1']);
  t.throws(() => fill(poolOf([parseCidr('10.1.0.7/32')]), 1), { code: 'ADDRESS_EXHAUSTED' });
  t.end();
});

t.test('IPv6 has no broadcast address', t => {
  t.equal(fill(poolOf([parseCidr('fd00::/126')]), 2).at(-1), 'fd00::3');
  t.end();
});

t.test('without a pod CIDR an allocation fails with the reason', t => {
  t.throws(() => allocateAddresses(poolOf([]), request('pod a')), {
    code: 'NOT_READY',
    message: 'this node has no pod CIDR yet: its Node object must name one',
  });
  t.end();
});

t.test('freed addresses are allocated last, the oldest first', t => {
  const pool = poolOf();
  fill(pool, 3);
  for (const freed of ['10.1.0.3', '10.1.0.2']) freeAddress(pool, parseAddr(freed));
  t.strictSame(fill(pool, 4), ['10.1.0.5', '10.1.0.6', '10.1.0.3', '10.1.0.2']);
  t.end();
});

t.test('an address that is freed again moves to the end', t => {
  const pool = poolOf();
  fill(pool, 5);
  for (const freed of ['10.1.0.2', '10.1.0.3', '10.1.0.2']) freeAddress(pool, parseAddr(freed));
  t.strictSame(fill(pool, 2), ['10.1.0.3', '10.1.0.2']);
  t.end();
});

t.test('a requested address is allocated, and the other family too', t => {
  const pool = poolOf(DUAL);
  t.strictSame(allocateAddresses(pool, request('a', '10.1.0.77')), ['10.1.0.77', 'fd00:1::2']);
  t.strictSame(allocateAddresses(pool, request('b', 'fd00:1::dead')), ['10.1.0.2', 'fd00:1::dead']);
  t.end();
});

t.test('a requested address may be a freed one', t => {
  const pool = poolOf();
  fill(pool, 1);
  freeAddress(pool, parseAddr('10.1.0.2'));
  t.strictSame(allocateAddresses(pool, request('a', '10.1.0.2')), ['10.1.0.2']);
  t.throws(() => allocateAddresses(pool, request('b', '10.1.0.2')), { code: 'ADDRESS_IN_USE' });
  t.end();
});

const refused: readonly (readonly [addr: string, code: string, reason: string])[] = [
  ['10.1.0.2', 'ADDRESS_IN_USE', 'it is in use by pod default/a'],
  ['10.1.0.3', 'ADDRESS_IN_USE', 'it is reserved for pod default/b'],
  ['10.1.0.1', 'INVALID_REQUEST', "it is the node's own"],
  ['10.1.0.0', 'INVALID_REQUEST', 'it is the network or broadcast address'],
  ['10.1.0.7', 'INVALID_REQUEST', 'it is the network or broadcast address'],
  ['10.2.0.1', 'INVALID_REQUEST', "it is in none of this node's pod CIDRs (10.1.0.0/29)"],
  ['fd00::5', 'INVALID_REQUEST', "it is in none of this node's pod CIDRs (10.1.0.0/29)"],
];

for (const [addr, code, reason] of refused)
  t.test(`${addr} is refused: ${reason}`, t => {
    const pool = poolOf();
    markInUse(pool, parseAddr('10.1.0.2'), 'pod default/a');
    const reservedFor = (addr: string) => (addr === '10.1.0.3' ? 'pod default/b' : undefined);
    t.throws(() => allocateAddresses(pool, { ...request('pod default/c', addr), reservedFor }), {
      code,
      message: `${addr} cannot be allocated to pod default/c: ${reason}`,
    });
    t.strictSame(fill(pool, 1), ['10.1.0.3'], 'and nothing is allocated');
    t.end();
  });

t.test('two requested addresses of one family are refused', t => {
  t.throws(() => allocateAddresses(poolOf(DUAL), request('pod a', '10.1.0.5', '10.1.0.6')), {
    code: 'INVALID_REQUEST',
    message: 'pod a cannot have 10.1.0.5 and 10.1.0.6: a pod has one address of each family',
  });
  t.end();
});

t.test('a reserved address is allocated to its owner only, until the reservation ends', t => {
  const pool = poolOf();
  const reservedFor = () => 'pod default/b';
  const reserve = (owner: string) => ({ ...request(owner), reservedFor });
  t.throws(() => allocateAddresses(pool, reserve('pod default/a')), { code: 'ADDRESS_EXHAUSTED' });
  t.strictSame(allocateAddresses(pool, reserve('pod default/b')), ['10.1.0.2']);
  t.strictSame(fill(pool, 4), ['10.1.0.3', '10.1.0.4', '10.1.0.5', '10.1.0.6']);
  t.end();
});

t.test('when one family is exhausted no address of the other leaks', t => {
  const pool = poolOf([parseCidr('10.1.0.0/30'), parseCidr('fd00::/126')]);
  t.strictSame(fill(pool, 1), ['10.1.0.2 fd00::2']);
  freeAddress(pool, parseAddr('10.1.0.2'));
  t.strictSame(fill(pool, 1), ['10.1.0.2 fd00::3']);
  freeAddress(pool, parseAddr('10.1.0.2'));
  for (let i = 0; i < 3; i++) t.throws(() => fill(pool, 1), { code: 'ADDRESS_EXHAUSTED' });
  freeAddress(pool, parseAddr('fd00::2'));
  t.strictSame(fill(pool, 1), ['10.1.0.2 fd00::2']);
  t.end();
});

t.test('new prefixes are used, and addresses of removed ones stay in use', t => {
  const pool = poolOf();
  fill(pool, 5);
  setPoolCidrs(pool, [...SMALL, parseCidr('10.9.0.0/30')]);
  t.strictSame(fill(pool, 1), ['10.9.0.1']);
  setPoolCidrs(pool, SMALL);
  freeAddress(pool, parseAddr('10.1.0.4'));
  t.strictSame(fill(pool, 1), ['10.1.0.4']);
  t.end();
});

t.test('a /16 is allocated to its last address, each once, in linear time', t => {
  const pool = poolOf([parseCidr('10.1.0.0/16')]);
  const given = new Set(fill(pool, 65_533));
  t.equal(given.size, 65_533);
  t.throws(() => fill(pool, 1), { code: 'ADDRESS_EXHAUSTED' });
  for (const text of [...given].slice(0, 30_000)) freeAddress(pool, parseAddr(text));
  const spentMs = cpuMs(() => fill(pool, 30_000));
  t.ok(spentMs < 10_000, `${spentMs} ms`);
  t.end();
});

t.test('after the cooldown addresses of a /24 are reusable, those of a /64 are dropped', t => {
  const pool = poolOf(DUAL);
  fill(pool, 1);
  for (const text of ['10.1.0.2', 'fd00:1::2']) {
    freeAddress(pool, parseAddr(text));
    endCooldown(pool, parseAddr(text));
  }
  t.strictSame([...pool.reusable], ['10.1.0.2']);
  t.end();
});
