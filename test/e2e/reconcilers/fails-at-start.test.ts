// A part that fails from the start on: the others go on or wait, and nothing that an earlier daemon has left is gone.
import t from 'tap';
import { until } from '../../support/until.ts';
import {
  assertNothingLost,
  assertWhole,
  NAMES,
  node,
  othersGoOn,
  runs,
  testWholeNode,
} from './whole-node.ts';

testWholeNode();

for (const name of NAMES)
  t.test(`${name} throws at the start`, async t => {
    let isOver = false;
    await using started = node.start({ isBroken: one => one === name && !isOver });
    t.ok(await until(() => runs(started, name) >= 3), 'it is tried again');
    t.ok(await until(() => othersGoOn(started, name)), 'the others go on, or wait for a value that it finds');
    assertNothingLost(t);
    isOver = true;
    await started.reconcilers.runner.firstSuccess();
    await assertWhole(t, started);
  });
