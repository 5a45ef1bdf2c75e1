// Prefixes of two fields, and addresses with a port.
import t from 'tap';
import {
  anyPrefix,
  cidrOfPrefix,
  FAMILIES,
  familyOf,
  hostPrefix,
  joinHostPort,
  parseAddr,
  parseCidr,
  prefixOf,
} from '../src/index.ts';

t.test('a prefix has two fields or one text', t => {
  for (const text of ['10.1.0.0/24', '0.0.0.0/0', 'fd00::/64', '::/0']) {
    const cidr = parseCidr(text);
    t.equal(cidrOfPrefix(prefixOf(cidr)), cidr);
  }
  t.strictSame(prefixOf(parseCidr('10.1.0.0/24')), { address: '10.1.0.0', prefixLength: 24 });
  t.equal(cidrOfPrefix({ address: '10.1.0.5', prefixLength: 24 }), '10.1.0.0/24');
  t.end();
});

t.test('the prefix of one address, and of all', t => {
  t.strictSame(hostPrefix(parseAddr('10.1.0.5')), { address: '10.1.0.5', prefixLength: 32 });
  t.strictSame(hostPrefix(parseAddr('fd00::5')), { address: 'fd00::5', prefixLength: 128 });
  t.strictSame(
    FAMILIES.map(family => cidrOfPrefix(anyPrefix(family))),
    ['0.0.0.0/0', '::/0'],
  );
  t.end();
});

t.test('an IPv6 address with a port stands in brackets', t => {
  t.equal(joinHostPort('10.0.0.1', 80), '10.0.0.1:80');
  t.equal(joinHostPort('fd00::1', 80), '[fd00::1]:80');
  t.end();
});

t.test('addresses and prefixes tell their family', t => {
  t.strictSame(['10.0.0.1', '10.0.0.0/8', 'fd00::1', '::/0'].map(familyOf), ['ipv4', 'ipv4', 'ipv6', 'ipv6']);
  t.end();
});
