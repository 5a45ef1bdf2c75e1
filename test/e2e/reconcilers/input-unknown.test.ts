// A part whose input becomes unknown: absent is not empty, and what is in the kernel stays.
import t from 'tap';
import type { AnyCell, Cell } from '../../../loader/reconcilers/cell.ts';
import { until } from '../../support/until.ts';
import { assertNothingLost, assertWhole, NAMES, node, stateOf, testWholeNode } from './whole-node.ts';

testWholeNode();

for (const name of NAMES)
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
