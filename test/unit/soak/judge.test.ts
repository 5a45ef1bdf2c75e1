// What a soak calls paid, and what lost: by the faults of the round, and the talk that lost it.
import t from 'tap';
import type { LabPod } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS, planLab, planPod } from '../../../lab/plan.ts';
import type { TalkReport } from '../../chaos/watch.ts';
import { COSTS_GUARD, COSTS_NODE, COSTS_NOTHING, COSTS_OTHER_NODES, type Cost } from '../../soak/cost.ts';
import type { Drawn } from '../../soak/draw.ts';
import { nothingToEnd } from '../../soak/fault.ts';
import { judge } from '../../soak/judge.ts';

const { nodes } = planLab({ ...DEFAULT_OPTIONS, nodes: 3 });

function podOn(node: string, number: number): LabPod {
  return { ...planPod(DEFAULT_OPTIONS, node, number), addresses: [] };
}

function report(from: string, to: string, losses: Partial<TalkReport>): TalkReport {
  const talk = { from: podOn(from, 1), to: podOn(to, 2), family: 'ipv4' as const, isAllowed: true };
  return { talk, sent: 100, connections: 10, lost: 0, refused: 0, broken: 0, through: 0, ...losses };
}

function drawn(cost: Cost, name: string): Drawn {
  const node = nodes.find(one => one.name === name);
  if (node === undefined) throw new RangeError(`there is no node ${name}`);
  return { fault: { name: 'fault', holds: [], cost, lastsMs: 1, begin: () => nothingToEnd }, node };
}

t.test('what no fault may cost is lost, and the sentence says what was expected and found', t => {
  const { paid, lost, failures } = judge(
    [drawn(COSTS_NOTHING, 'n1')],
    [report('n1', 'n2', { lost: 3, refused: 1 })],
  );
  t.strictSame({ paid, lost }, { paid: 0, lost: 4 });
  t.strictSame(failures, [
    'expected to cost nothing, found 3 packets lost, 1 connections refused, n1-p1 → n2-p2 over ipv4',
  ]);
  t.end();
});

t.test('a fault pays for its node alone', t => {
  const reports = [
    report('n1', 'n2', { lost: 5 }),
    report('n1', 'n1', { lost: 7 }),
    report('n2', 'n3', { lost: 9 }),
  ];
  t.match(judge([drawn(COSTS_OTHER_NODES, 'n1')], reports), { paid: 5, lost: 16, failures: { length: 2 } });
  t.match(judge([drawn(COSTS_NODE, 'n1')], reports), { paid: 12, lost: 9, failures: { length: 1 } });
  t.match(judge([drawn(COSTS_NODE, 'n1'), drawn(COSTS_NODE, 'n3')], reports), {
    ...{ paid: 21, lost: 0, failures: { length: 0 } },
  });
  t.end();
});

t.test('a connection that broke is a failure, whatever the fault may cost', t => {
  t.match(judge([drawn(COSTS_NODE, 'n1')], [report('n1', 'n2', { broken: 1 })]), {
    ...{ broken: 1, failures: { length: 1 } },
  });
  t.end();
});

t.test(
  'what policy denies is let through by a fault that takes the programs away, on its node, and by no other',
  t => {
    const through = [report('n1', 'n2', { through: 2 })];
    t.match(judge([drawn(COSTS_GUARD, 'n2')], through), { opened: 2, deniedThrough: 0, failures: [] });
    for (const other of [drawn(COSTS_GUARD, 'n3'), drawn(COSTS_NODE, 'n2')])
      t.match(judge([other], through), { opened: 0, deniedThrough: 2, failures: { length: 1 } });
    t.end();
  },
);
