// Tables of flows follow the machine's memory, unless the configuration has a number.
import t from 'tap';
import { conntrackRowsFor } from '../../../loader/model/conntrack-rows.ts';

const MIB = 2 ** 20;

t.test('as netfilter takes them', t => {
  for (const [mebibytes, rows] of [
    [64, 1_024],
    [512, 4_096],
    [1_024, 8_192],
    [1_025, 65_536],
    [4_096, 65_536],
    [4_097, 262_144],
    [512 * 1_024, 262_144],
  ] as const)
    t.equal(conntrackRowsFor(mebibytes * MIB), rows, `${mebibytes} MiB`);
  t.end();
});
