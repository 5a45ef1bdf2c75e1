import fc from 'fast-check';
import t from 'tap';
import { bytesCodec, codecOf, layoutOf, u32Codec, type Codec } from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const { btf } = objectSpec('maps');

interface Neighbour {
  readonly seenNs: bigint;
  readonly delta: number;
  readonly port: number;
  readonly mac: { readonly bytes: Uint8Array };
  readonly label: string;
  readonly counts: readonly number[];
  readonly color: number;
}

const neighbour = codecOf<Neighbour>(layoutOf(btf, 'neighbour'));
const example: Neighbour = {
  ...{ seenNs: 2n ** 64n - 1n, delta: -2, port: 0x1234, label: 'eth0', counts: [1, 2, 65535], color: 7 },
  mac: { bytes: Uint8Array.of(2, 0, 0, 0, 0, 9) },
};

function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const bytes = new Uint8Array(codec.size);
  codec.encode(value, bytes, 0);
  return bytes;
}

t.test('bytes are where C has them, each member in its byte order', t => {
  const hex = Buffer.from(encode(neighbour, example)).toString('hex');
  t.equal(
    hex,
    'ffffffffffffffff' + // seen_ns
      'feffffff' + // delta, host byte order
      '1234' + // port, network byte order
      '020000000009' + // mac
      '6574683000000000' + // label
      '01000200ffff' + // counts
      '000000000000' + // pad
      '07000000' + // color
      '00000000', // to the struct's alignment
  );
  t.end();
});

t.test('any value comes back as it was', t => {
  const values = fc.record({
    seenNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    delta: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    port: fc.integer({ min: 0, max: 65535 }),
    mac: fc.record({ bytes: fc.uint8Array({ minLength: 6, maxLength: 6 }) }),
    label: fc.stringMatching(/^[a-z0-9]{0,7}$/),
    counts: fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 3, maxLength: 3 }),
    color: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  });
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 40 }), (value, offset) => {
      const bytes = new Uint8Array(neighbour.size + 64).fill(0xaa);
      neighbour.encode(value, bytes, offset);
      t.same(neighbour.decode(bytes, offset), value);
      const outside = [...bytes.slice(0, offset), ...bytes.slice(offset + neighbour.size)];
      if (outside.some(byte => byte !== 0xaa)) throw new Error('wrote outside its bytes');
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('what was in the buffer before does not shine through padding', t => {
  const dirty = new Uint8Array(neighbour.size).fill(0xff);
  neighbour.encode(example, dirty, 0);
  t.same(dirty, encode(neighbour, example));
  t.end();
});

t.test('values that do not fit are refused by the path of their member', t => {
  const refuse = (change: Record<string, unknown>, subject: string, message: RegExp): void => {
    const value = { ...example, ...change };
    t.throws(() => encode(neighbour, value), { code: 'EINVAL', subject, message });
  };
  refuse({ port: 65536 }, 'neighbour.port', /65536 is not an integer from 0 to 65535/);
  refuse({ port: 1.5 }, 'neighbour.port', /1.5 is not an integer/);
  refuse({ port: undefined }, 'neighbour.port', /a value is missing/);
  refuse({ delta: 2 ** 31 }, 'neighbour.delta', /not an integer/);
  refuse({ seenNs: 5 }, 'neighbour.seen_ns', /5 is not a bigint/);
  refuse({ seenNs: -1n }, 'neighbour.seen_ns', /-1 is not a bigint from 0/);
  refuse({ mac: { bytes: new Uint8Array(5) } }, 'neighbour.mac.bytes', /Uint8Array of 6 bytes/);
  refuse({ mac: 5 }, 'neighbour.mac', /not an object/);
  refuse({ label: 'too long for it' }, 'neighbour.label', /text of less than 8 bytes/);
  refuse({ counts: [1, 2] }, 'neighbour.counts', /array of 3 elements/);
  refuse({ counts: [1, 2, -1] }, 'neighbour.counts[]', /-1 is not/);
  t.end();
});

t.test('a union is written through the member that the value has, and read through all', t => {
  const addr = codecOf<Record<string, unknown>>(layoutOf(btf, 'addr'));
  const bytes = encode(addr, { words: [1, 2, 3, 4] });
  t.equal(Buffer.from(bytes).toString('hex'), '00000001000000020000000300000004');
  t.same(addr.decode(bytes, 0), { bytes, words: [1, 2, 3, 4] });
  t.throws(() => encode(addr, {}), { code: 'EINVAL', message: /one of bytes, words/ });
  t.end();
});

t.test('a codec given for a C type takes the place of the derived one, however deep', t => {
  const text: Codec<string> = {
    size: 6,
    encode: (value, target, offset) => target.set(Buffer.from(value, 'hex'), offset),
    decode: (source, offset) => Buffer.from(source.slice(offset, offset + 6)).toString('hex'),
  };
  const named = codecOf<Omit<Neighbour, 'mac'> & { mac: string }>(layoutOf(btf, 'neighbour'), { mac: text });
  const bytes = encode(named, { ...example, mac: '020000000009' });
  t.same(bytes, encode(neighbour, example));
  t.equal(named.decode(bytes, 0).mac, '020000000009');
  t.throws(() => codecOf(layoutOf(btf, 'mac'), { mac: u32Codec }), { code: 'LAYOUT' });
  t.end();
});

t.test('plain bytes are copied, and must have their size', t => {
  const codec = bytesCodec(4);
  const source = Uint8Array.of(0, 1, 2, 3, 4);
  const read = codec.decode(source, 1);
  source.fill(9);
  t.same(read, Uint8Array.of(1, 2, 3, 4));
  t.throws(() => encode(codec, new Uint8Array(3)), { code: 'EINVAL' });
  t.end();
});
