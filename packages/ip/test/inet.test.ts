// Addresses become bytes and come back as RFC 5952 writes them.
import t from 'tap';
import { inetNtop, inetPton } from '../src/index.ts';

const canonical = [
  ['10.0.0.1', '10.0.0.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['::1', '::1'],
  ['fd00::1', 'fd00::1'],
  ['FD00:0:0:0::1', 'fd00::1'],
  ['2001:db8::', '2001:db8::'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // one zero group is not shortened
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], // the longest run is
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], // the first of equals
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
] as const;

for (const [given, wanted] of canonical) {
  t.test(`${given} is written ${wanted}`, t => {
    t.equal(inetNtop(inetPton(given)), wanted);
    t.end();
  });
}

t.test('an address has as many bytes as its family says', t => {
  t.equal(inetPton('10.0.0.1').length, 4);
  t.equal(inetPton('fd00::1').length, 16);
  t.end();
});

for (const text of ['', '10.0.0', '10.0.0.256', 'fd00::1%eth0', 'fd00:::1', 'localhost', '10.0.0.1/24']) {
  t.test(`'${text}' is refused with a sentence`, t => {
    t.throws(() => inetPton(text), { message: `'${text}' is not an IP address` });
    t.end();
  });
}
