// Whichever part of a node fails, and when: no row, link or route that was right is gone, nothing that was closed is open,
// the others go on, and all is whole again when the fault is over.
import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { linkPin } from '../../../loader/datapath/pin.ts';
import type { AnyCell, Cell } from '../../../loader/reconcilers/cell.ts';
import { until } from '../../support/until.ts';
import { OVERLAY, ReconciledNode, type Started } from './node.ts';

t.setTimeout(900_000);

const node = new ReconciledNode();
t.teardown(() => node[Symbol.dispose]());

const NAMES = [
  ...['forwarding', 'uplinks', 'overlay-device', 'programs', 'pods', 'policy', 'tables', 'links'],
  ...['overlay-state', 'pod-devices', 'host-routes', 'masquerade', 'firewall'],
];

/** What a whole node has in the kernel. */
let whole: ReadonlySet<string>;

t.test('a node without a fault becomes whole', async t => {
  await using started = node.start();
  await started.reconcilers.runner.firstSuccess();
  t.ok(await until(() => isWell(started)), 'every reconciler succeeds');
  whole = node.standing();
  for (const part of [
    /^hd_node/,
    /^hd_route/,
    /^hd_endpoint/,
    /^hd_port/,
    /^overlay_rx/,
    /^route 10\.9\.1\.0/,
  ])
    t.ok(
      [...whole].some(line => part.test(line)),
      String(part),
    );
  t.ok(node.isOverlayUp());
  t.strictSame(
    started.reconcilers.runner.status().map(({ name }) => name),
    [...NAMES, 'cni-files'],
    'and these are all of them',
  );
});

for (const name of NAMES) {
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
      await until(() => node.isOverlayGuarded() || !node.isOverlayUp() || name === 'overlay-state'),
      'what nobody checks is not let in',
    );
    assertNothingLost(t, /^(overlay_rx|route 10\.9\.1\.0|address )/); // a device that is down has no routes
    isBroken = false;
    await assertWhole(t, started);
  });

  t.test(`what ${name} needs becomes unknown`, async t => {
    let needs: readonly AnyCell[] = [];
    await using started = node.start({
      onReconciler: one => {
        if (one.name === name) needs = one.needs;
      },
    });
    await started.reconcilers.runner.firstSuccess();
    await assertWhole(t, started);
    const { cells } = started.reconcilers;
    const values = new Map(Object.values(cells).map((cell: Cell<unknown>) => [cell, cell.value]));
    for (const cell of needs) cell.clear();
    started.reconcilers.runner.requestFull('test', 0, name);
    t.ok(await until(() => needs.length === 0 || stateOf(started, name) === 'waiting'));
    assertNothingLost(t);
    for (const [cell, value] of values) cell.set(value);
    await assertWhole(t, started);
  });

  t.test(`${name} throws in an upgrade, and the daemon is killed in the middle of it`, async t => {
    const { maps, tunnel } = node.config;
    const config = {
      maps: { ...maps, routes: maps.routes / 2 },
      tunnel: { ...tunnel, sourcePortMin: tunnel.sourcePortMin + 1 },
    };
    {
      await using started = node.start({ config, isBroken: one => one === name });
      t.ok(await until(() => runs(started, name) >= 2));
      t.ok(await until(() => othersGoOn(started, name)));
      assertNothingLost(t);
    }
    assertNothingLost(t);
    {
      await using upgraded = node.start({ config });
      await upgraded.reconcilers.runner.firstSuccess();
      await assertWhole(t, upgraded);
    }
    await using back = node.start();
    await back.reconcilers.runner.firstSuccess();
    await assertWhole(t, back);
  });
}

function runs({ runs }: Started, name: string): number {
  return runs.get(name) ?? 0;
}

function stateOf({ reconcilers }: Started, name: string): string | undefined {
  return reconcilers.runner.status().find(one => one.name === name)?.state;
}

/** `cni-files` waits for an API that is not there. */
function isWell({ reconcilers }: Started): boolean {
  return reconcilers.runner.status().every(({ name, state }) => state === 'ok' || name === 'cni-files');
}

function othersGoOn({ reconcilers }: Started, broken: string): boolean {
  return reconcilers.runner
    .status()
    .every(({ name, state }) => name === broken || state === 'ok' || state === 'waiting');
}

/** `but`: what the test itself has taken away, or follows from it. */
function assertNothingLost(t: Test, but?: RegExp): void {
  const standing = node.standing();
  const lost = [...whole].filter(line => !standing.has(line) && but?.test(line) !== true);
  t.strictSame(lost, [], 'nothing that was right is gone');
  t.ok(
    !node.isOverlayUp() || node.isOverlayGuarded(),
    'the overlay device is up only where overlay_rx is attached',
  );
}

async function assertWhole(t: Test, started: Started): Promise<void> {
  const isWhole = (): boolean => {
    const standing = node.standing();
    return isWell(started) && node.isOverlayUp() && [...whole].every(line => standing.has(line));
  };
  const isSo = await until(isWhole);
  const standing = node.standing();
  const missing = [...whole].filter(line => !standing.has(line));
  const ill = started.reconcilers.runner.status().filter(({ state }) => state !== 'ok');
  t.ok(isSo, `it is whole again; missing: ${missing.join()}; not well: ${JSON.stringify(ill)}`);
}
