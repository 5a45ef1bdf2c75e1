import fc from 'fast-check';
import t from 'tap';
import { macFromBytes, macToBytes, parseMac } from '../src/index.ts';

t.test('a MAC is read in either case, and written in lower', t => {
  t.equal(parseMac('AA:bb:0C:dd:EE:01'), 'aa:bb:0c:dd:ee:01');
  for (const text of ['', 'aa:bb:cc:dd:ee', 'aa-bb-cc-dd-ee-ff', 'aa:bb:cc:dd:ee:fg', 'aa:bb:cc:dd:ee:ff:00'])
    t.throws(
      () => parseMac(text),
      new RangeError(`'${text}' is not a MAC address of the form aa:bb:cc:dd:ee:ff`),
    );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), bytes =>
      Buffer.from(macToBytes(macFromBytes(bytes))).equals(bytes),
    ),
  );
  t.end();
});
