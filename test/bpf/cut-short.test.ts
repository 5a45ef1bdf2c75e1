import '../support/bpf/own-netns.ts';
import t from 'tap';
import { Benches } from '../support/bpf/benches.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { cutShort } from '../support/bpf/cut-short.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { givenWith } from '../support/bpf/given.ts';
import type { Row, Table } from '../support/bpf/table.ts';
import { TABLES } from './tables/all.ts';

createDevices();
const benches = new Benches();
t.teardown(() => benches[Symbol.dispose]());

for (const table of TABLES.filter(each => rowsOf(each).length > 0)) {
  t.test(`${table.hook}: ${table.title}: no packet is forwarded with a header cut short`, t => {
    const bench = benches.for(table);
    for (const row of rowsOf(table)) {
      bench.fill(givenWith(CLUSTER, row.given ?? {}));
      t.same(cutShort(bench, table.hook, row.sent, { ...table.context, ...row.context }), [], row.name);
    }
    t.end();
  });
}

/**
 * Valid packets, one of each form: those that differ in a mark or an address alone are cut alike. No super-packets: the
 * kernel makes those, with whole headers.
 */
function rowsOf({ rows }: Table): readonly Row[] {
  const valid = rows.filter(row => !row.verdict.startsWith('DROP_') && row.context?.gsoSize === undefined);
  return [...new Map(valid.map(row => [formOf(row), row])).values()];
}

function formOf({ sent, verdict }: Row): string {
  return [verdict, sent.bytes().length, ...sent.layers.map(layer => layer.name)].join(' ');
}
