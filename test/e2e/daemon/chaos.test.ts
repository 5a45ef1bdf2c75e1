// `make chaos` in short: every fault once, and nothing is lost, let through, broken or left behind.
import t from 'tap';
import { runChaos } from '../../chaos/run.ts';
import { isNothing } from '../../chaos/losses.ts';
import { COSTS_NOTHING } from '../../chaos/verdict.ts';
import { seedFrom } from '../../support/policy/random/seed.ts';
import { labName } from '../../support/lab.ts';

t.setTimeout(1_800_000);

const seed = seedFrom(process.env);
const signal = new AbortController().signal;
const rows = await runChaos({
  labName: labName(),
  seed,
  share: 0,
  signal,
  progress: text => t.comment(text),
});

for (const { fault, losses, traffic } of rows)
  t.test(fault, t => {
    t.ok(isNothing(losses), COSTS_NOTHING, { losses, seed });
    t.ok(traffic.deniedPackets > 0 && traffic.connections > 0, 'traffic ran meanwhile');
    t.end();
  });
