// A start that waits on a node whose overlay device an earlier daemon has left up, without overlay_rx.
//
// Kind: what lets packets in is left up while the value that its owner waits for is unknown. Examples: the source of
// cluster state does not answer, the uplink is not found, the overlay device cannot be prepared, programs cannot be loaded.
import { rmSync } from 'node:fs';
import t from 'tap';
import { linkPin } from '../../../loader/programs/pin.ts';
import { until } from '../../support/until.ts';
import { OVERLAY, type StartOptions } from './node.ts';
import { assertWhole, node, stateOf, testWholeNode } from './whole-node.ts';

testWholeNode();

const WAITS: Readonly<Record<string, StartOptions>> = {
  'the source does not answer': { cluster: null },
  'the uplink is not found': { config: { uplink: 'ens9' } },
  'the overlay device cannot be prepared': { isBroken: name => name === 'overlay-device' },
  'programs cannot be loaded': { isBroken: name => name === 'programs' },
};

for (const [title, options] of Object.entries(WAITS))
  t.test(`${title}, and overlay_rx is not attached`, async t => {
    rmSync(linkPin(node.config.pinRoot, { hook: 'overlay_rx', device: OVERLAY }));
    t.ok(node.isOverlayUp() && !node.isOverlayGuarded(), 'as an earlier daemon has left it');
    {
      await using started = node.start(options);
      t.ok(await until(() => !node.isOverlayUp()), 'nothing is decapsulated unchecked');
      t.ok(
        await until(() =>
          started.reconcilers.runner.problems.includes(
            'heddle0 stays down: overlay_rx is not attached to it',
          ),
        ),
        'and status says so',
      );
      t.match(stateOf(started, 'overlay-state'), /waiting|failing/);
    }
    await using started = node.start();
    await assertWhole(t, started);
  });
