import '../support/bpf/own-netns.ts';
import t from 'tap';
import { openBench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { cutShort } from '../support/bpf/cut-short.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { givenWith } from '../support/bpf/given.ts';
import type { Row } from '../support/bpf/table.ts';
import { TABLES } from './tables/all.ts';

createDevices();

for (const table of TABLES) {
  t.test(`${table.hook}: ${table.title}: no packet is forwarded with a header cut short`, t => {
    const bench = openBench(table.hook, table.settings);
    t.teardown(() => bench[Symbol.dispose]());
    for (const row of table.rows.filter(isValid)) {
      bench.fill(givenWith(CLUSTER, row.given ?? {}));
      t.same(cutShort(bench, table.hook, row.sent, { ...table.context, ...row.context }), [], row.name);
    }
    t.end();
  });
}

function isValid(row: Row): boolean {
  return !row.verdict.startsWith('DROP_');
}
