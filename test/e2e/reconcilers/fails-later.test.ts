// A part that fails on a node that was whole, while overlay_rx is taken away.
import { rmSync } from 'node:fs';
import t from 'tap';
import { linkPin } from '../../../loader/programs/pin.ts';
import { until } from '../../support/until.ts';
import { OVERLAY } from './node.ts';
import { assertNothingLost, assertWhole, NAMES, node, stateOf, testWholeNode } from './whole-node.ts';

testWholeNode();

for (const name of NAMES)
  t.test(`${name} throws later, when overlay_rx is taken away`, async t => {
    let isBroken = false;
    await using started = node.start({ isBroken: one => one === name && isBroken });
    await started.reconcilers.runner.firstSuccess();
    await assertWhole(t, started);
    isBroken = true;
    started.reconcilers.runner.requestFull('test', 0);
    t.ok(await until(() => stateOf(started, name) === 'failing'));
    rmSync(linkPin(node.config.pinRoot, { hook: 'overlay_rx', device: OVERLAY }));
    t.ok(
      await until(() => node.isOverlayGuarded() || !node.isOverlayUp()),
      'what nobody checks is not let in',
    );
    assertNothingLost(t, /^(overlay_rx|route 10\.9\.1\.0|address )/); // a device that is down has no routes
    isBroken = false;
    await assertWhole(t, started);
  });
