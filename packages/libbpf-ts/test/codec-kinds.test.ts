import t from 'tap';
import { codecOf, layoutOf, type Codec, type Layout } from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const { btf } = objectSpec('types');

interface Pair {
  readonly tiny: number;
  readonly small: number;
}

const zoo = {
  ...{ flag: true, s8: -128, s16: -2, s32: -(2 ** 31), s64: -(2n ** 63n), network: 0x0102030405060708n },
  ...{ wide: 2n ** 40n, negative: -1, pointer: 0xffff888000000000n, qualified: 5 },
  matrix: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  alias: { tiny: -1, small: 300 },
  list: [
    { tiny: 1, small: 2 },
    { tiny: 3, small: 4 },
  ],
  number: 0x04030201,
};

function roundTrip<T>(codec: Codec<T>, value: T): T {
  const bytes = new Uint8Array(codec.size);
  codec.encode(value, bytes, 0);
  return codec.decode(bytes, 0);
}

t.test('every kind of member comes back as it was, of every anonymous member too', t => {
  const codec = codecOf<Record<string, unknown>>(layoutOf(btf, 'zoo'));
  t.same(roundTrip(codec, zoo), { ...zoo, high: 0x0102, low: 0x0304 });
  t.end();
});

t.test('an anonymous struct in an anonymous union is written when its members are what is given', t => {
  const codec = codecOf<Record<string, unknown>>(layoutOf(btf, 'zoo'));
  const { number, ...others } = zoo;
  t.equal(roundTrip(codec, { ...others, high: 0x0102, low: 0x0304 })['number'], number);
  t.end();
});

t.test('signed numbers keep within their bits', t => {
  const codec = codecOf<Record<string, unknown>>(layoutOf(btf, 'zoo'));
  const refuse = (change: object, subject: string): void => {
    const bytes = new Uint8Array(codec.size);
    t.throws(() => codec.encode({ ...zoo, ...change }, bytes, 0), { code: 'EINVAL', subject });
  };
  refuse({ s8: 128 }, 'zoo.s8');
  refuse({ s16: -32769 }, 'zoo.s16');
  refuse({ s64: 2n ** 63n }, 'zoo.s64');
  refuse({ negative: 2 ** 31 }, 'zoo.negative');
  refuse({ wide: 5 }, 'zoo.wide');
  refuse({ flag: 1 }, 'zoo.flag');
  refuse({ matrix: [[1, 2, 3]] }, 'zoo.matrix');
  refuse({ list: [{ tiny: 1 }, { tiny: 2, small: 3 }] }, 'zoo.list[].small');
  t.end();
});

t.test('a struct that only a typedef names is found by it', t => {
  t.match(layoutOf(btf, 'named_by_typedef'), { kind: 'struct', name: 'named_by_typedef', size: 4 });
  t.same(roundTrip(codecOf<Pair>(layoutOf(btf, 'named_by_typedef')), { tiny: -5, small: 6 }), {
    tiny: -5,
    small: 6,
  });
  t.end();
});

t.test('enums know their enumerators, negative and wide ones too', t => {
  t.match(layoutOf(btf, 'wide'), {
    ...{ kind: 'enum', size: 8, signed: false },
    values: [
      { name: 'WIDE_SMALL', value: 1n },
      { name: 'WIDE_LARGE', value: 2n ** 40n },
    ],
  });
  t.match(layoutOf(btf, 'negative'), { size: 4, signed: true, values: [{ value: -1 }, { value: 0 }] });
  t.end();
});

t.test('a type that refers to itself ends at the pointer', t => {
  const layout = layoutOf(btf, 'knot');
  t.match(layout, { members: [{ layout: { kind: 'pointer', size: 8 } }, { name: 'value', offset: 8 }] });
  t.end();
});

t.test('bit-fields are refused by name, not misread', t => {
  t.throws(() => layoutOf(btf, 'bits'), { code: 'EINVAL', subject: 'bits.low', message: /bit-fields/ });
  t.end();
});

t.test('what has no bytes has no codec', t => {
  const nothing: Layout = { kind: 'void', name: '', size: 0 };
  t.throws(() => codecOf(nothing), { code: 'EINVAL', message: /values of kind void/ });
  t.throws(() => codecOf({ kind: 'float', name: 'float', size: 4 }), { code: 'EINVAL' });
  const huge: Layout = {
    kind: 'int',
    name: '__int128',
    size: 16,
    signed: true,
    bigEndian: false,
    bool: false,
    char: false,
  };
  t.throws(() => codecOf(huge), { code: 'EINVAL', message: /integers of 16 bytes/ });
  t.end();
});
