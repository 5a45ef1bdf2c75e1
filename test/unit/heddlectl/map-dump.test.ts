// A dump has a column for every field that means something.
import t from 'tap';
import { dumpColumns } from '../../../cmd/heddlectl/tables/map-dump.ts';
import { renderTable } from '../../../cmd/heddlectl/output/table.ts';
import { MAPS } from '../../../loader/abi/abi.gen.ts';

t.test('fields of key and value stand side by side, without padding', t => {
  const titles = dumpColumns(MAPS.hd_endpoint).map(column => column.title);
  t.strictSame(titles.slice(0, 3), ['VNI', 'ADDR', 'KIND']);
  t.notOk(titles.some(title => /PAD|RESERVED/.test(title)));
  t.end();
});

t.test('a per-CPU map has a line for each CPU', t => {
  const columns = dumpColumns(MAPS.hd_metrics);
  const rows = [0, 1].map(cpu => ({ key: 5, cpu, value: { packets: 7n, bytes: BigInt(cpu) } }));
  t.strictSame(renderTable(rows, columns).split('\n'), [
    'KEY  CPU  PACKETS  BYTES',
    '5    0    7        0',
    '5    1    7        1',
  ]);
  t.end();
});
