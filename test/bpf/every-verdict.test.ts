import '../support/bpf/own-netns.ts';
import t from 'tap';
import { openBench } from '../support/bpf/bench.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { runRow } from '../support/bpf/play-row.ts';
import { TABLES } from './tables/all.ts';

/** No end of a packet: where the pipeline begins, and how many there are. */
const NEVER_FINAL = ['VERDICT_NEXT', 'VERDICT_MAX'];
/** Takes netfilter's own entry, which a test run's packet has none of: live-translated.test.ts. */
const BESIDE_NETFILTER = ['DROP_TUPLE_TAKEN'];

createDevices();

t.test('every verdict of the enum is produced by a packet of some table', t => {
  const produced = new Set<string>();
  let verdicts: readonly string[] = [];
  for (const table of TABLES) {
    const bench = openBench(table.hook, table.constants, table.tiny);
    verdicts = bench.names.namesOf('verdict');
    for (const row of table.rows) {
      for (const { verdict } of runRow(bench, table, row).counted) produced.add(verdict);
    }
    bench[Symbol.dispose]();
  }
  const missing = verdicts.filter(
    name => ![...NEVER_FINAL, ...BESIDE_NETFILTER].includes(name) && !produced.has(name),
  );
  t.ok(verdicts.length > NEVER_FINAL.length, 'the enum is in the type information');
  t.same(missing, [], 'no verdict is without a packet');
  t.end();
});
