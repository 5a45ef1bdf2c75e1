import t from 'tap';
import { oneKey, prefixRange, rangeAfter } from '../src/key-range.ts';

const text = ({ key, rangeEnd }: { key: Uint8Array; rangeEnd?: Uint8Array }) =>
  [key, rangeEnd].map(bytes => bytes && Buffer.from(bytes).toString());

t.test('ranges end before the first key that is not in them', t => {
  t.strictSame(text(oneKey('/a')), ['/a', undefined]);
  t.strictSame(text(prefixRange('/a/')), ['/a/', '/a0']);
  t.strictSame(text(rangeAfter(prefixRange('/a/'), Buffer.from('/a/b'))), ['/a/b\0', '/a0']);
  t.strictSame([...rangeAfter(prefixRange('/a/'), Buffer.of(0x2f, 0xf5)).key], [0x2f, 0xf5, 0]);
  const { key, rangeEnd = Buffer.of() } = prefixRange('ä');
  t.ok(Buffer.compare(Buffer.from('ä\u{10ffff}'), rangeEnd) < 0 && Buffer.compare(key, rangeEnd) < 0);
  t.ok(Buffer.compare(Buffer.from('å'), rangeEnd) >= 0);
  t.end();
});
