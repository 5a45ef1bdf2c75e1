// Frames of all tables made wrong in every way: none is forwarded short, counted twice, or leaves a trace when dropped.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { createDevices } from '../support/bpf/devices.ts';
import { HOOKS } from '../support/bpf/table.ts';
import { emptyReport, fuzzTable } from '../support/fuzz/frames.ts';
import { Random } from '../support/policy/random/random.ts';
import { seedFrom } from '../support/policy/random/seed.ts';
import { TABLES } from './tables/all.ts';

/** Of each row of each table; `make fuzz` asks for more. */
const PER_ROW = Number(process.env['FUZZ_PER_ROW'] ?? 6);

t.setTimeout(1_800_000);
createDevices();
const seed = seedFrom(process.env);

/** A test run's packet comes in by no device, and what this node itself sends postrouting leaves alone. */
const FUZZED = HOOKS.filter(hook => hook !== 'postrouting');

for (const hook of FUZZED)
  t.test(`${hook}, SEED=${seed}`, t => {
    const report = emptyReport();
    const random = new Random(seed);
    for (const table of TABLES.filter(table => table.hook === hook))
      fuzzTable(table, random, PER_ROW, report);
    const verdicts = [...report.verdicts].map(([verdict, times]) => `${verdict} ${times}`);
    t.comment(`${report.inputs} frames: ${verdicts.join(', ')}`);
    t.ok(report.inputs > 0);
    t.ok(report.verdicts.size > 1, 'of several verdicts');
    t.strictSame(report.faults, []);
    t.end();
  });
