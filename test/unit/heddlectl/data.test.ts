// JSON and YAML for programs: what a number, bytes and texts become.
import t from 'tap';
import { parse } from 'yaml';
import { dataText } from '../../../cmd/heddlectl/output/data.ts';

const LARGE = 2n ** 64n - 1n;

t.test('every digit of a counter is there', t => {
  const value = { bytes: LARGE, least: -(2n ** 63n), none: 0n, rows: [2n ** 53n + 1n], rate: 0.5 };
  t.equal(
    dataText('json', value),
    '{"bytes":18446744073709551615,"least":-9223372036854775808,"none":0,"rows":[9007199254740993],"rate":0.5}',
  );
  t.match(dataText('pretty', value), '\n  "bytes": 18446744073709551615,\n');
  t.strictSame(parse(dataText('yaml', value), { intAsBigInt: true }), value);
  t.end();
});

t.test('texts that look like numbers stay texts, and bytes are hex digits', t => {
  for (const format of ['json', 'pretty'] as const) t.equal(dataText(format, undefined), 'null', 'nothing');
  t.equal(dataText('yaml', undefined), '---\nnull');
  const value = { id: '18446744073709551615', mac: Uint8Array.of(0, 0xab), on: 'yes', empty: '' };
  const plain = { id: '18446744073709551615', mac: '00ab', on: 'yes', empty: '' };
  t.strictSame(JSON.parse(dataText('json', value)), plain);
  t.strictSame(parse(dataText('yaml', value)), plain);
  t.end();
});
