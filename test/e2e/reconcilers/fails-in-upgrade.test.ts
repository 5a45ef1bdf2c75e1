// A part that fails while new programs and maps take the place of old ones, and a daemon that is killed in the middle.
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

const { maps, tunnel } = node.config;
const ONE = {};
/** Other constants of the programs, and one map of another size. */
const OTHER = {
  maps: { ...maps, routes: maps.routes / 2 },
  tunnel: { ...tunnel, sourcePortMin: tunnel.sourcePortMin + 1 },
};

testWholeNode();

for (const [i, name] of NAMES.entries())
  t.test(`${name} throws in an upgrade, and the daemon is killed in the middle of it`, async t => {
    const config = i % 2 === 0 ? OTHER : ONE;
    {
      await using started = node.start({ config, isBroken: one => one === name });
      t.ok(await until(() => runs(started, name) >= 2));
      t.ok(await until(() => othersGoOn(started, name)));
      assertNothingLost(t);
    }
    assertNothingLost(t);
    await using upgraded = node.start({ config });
    await upgraded.reconcilers.runner.firstSuccess();
    await assertWhole(t, upgraded);
  });
