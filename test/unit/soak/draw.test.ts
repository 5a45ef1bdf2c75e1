// Which faults a soak plays: each once before any comes again, and two at once only where they do not meet.
import t from 'tap';
import { DEFAULT_OPTIONS, planLab } from '../../../lab/plan.ts';
import { COSTS_NOTHING } from '../../soak/cost.ts';
import { drawRounds, type Drawn } from '../../soak/draw.ts';
import { nothingToEnd, type Held, type SoakFault } from '../../soak/fault.ts';
import { NODE_FAULTS } from '../../soak/faults/all.ts';
import { Random } from '../../support/policy/random/random.ts';

const ROUNDS = 2_000;
const { nodes } = planLab({ ...DEFAULT_OPTIONS, nodes: 3 });

function faultOf(name: string, ...holds: readonly Held[]): SoakFault {
  return { name, holds, cost: COSTS_NOTHING, lastsMs: 1, begin: () => nothingToEnd };
}

const FAULTS = [...NODE_FAULTS, faultOf('one of the source', 'source'), faultOf('another of it', 'source')];

function drawn(seed: number, rounds = ROUNDS): readonly (readonly Drawn[])[] {
  const drawing = drawRounds(new Random(seed), FAULTS, nodes);
  return Array.from({ length: rounds }, () => drawing.next().value);
}

function textOf(rounds: readonly (readonly Drawn[])[]): readonly string[] {
  return rounds.map(round => round.map(({ fault, node }) => `${fault.name} on ${node.name}`).join(' + '));
}

t.test('names of faults are different: a line of the table each', t => {
  const names = FAULTS.map(({ name }) => name);
  t.strictSame(names, [...new Set(names)]);
  t.end();
});

t.test('a seed repeats them', t => {
  t.strictSame(textOf(drawn(7)), textOf(drawn(7)));
  t.notSame(textOf(drawn(7)), textOf(drawn(8)));
  t.end();
});

t.test('one, then two at once; alone each once before any comes again', t => {
  const rounds = drawn(3);
  t.ok(rounds.every((round, i) => round.length === 1 + (i % 2)));
  const alone = rounds.filter(round => round.length === 1).map(([one]) => one?.fault.name ?? '');
  t.strictSame([...new Set(alone.slice(0, FAULTS.length))].length, FAULTS.length);
  t.strictSame(
    [...alone.slice(FAULTS.length, 2 * FAULTS.length)].sort(),
    [...alone.slice(0, FAULTS.length)].sort(),
  );
  t.end();
});

t.test('two at once hold different things, or are on two nodes, and the source has one at most', t => {
  const pairs = drawn(5).filter(round => round.length === 2);
  const meeting = pairs.filter(([one, other]) => {
    if (one === undefined || other === undefined) return true;
    const shared = one.fault.holds.filter(held => other.fault.holds.includes(held));
    return (
      one.fault === other.fault || shared.includes('source') || (shared.length > 0 && one.node === other.node)
    );
  });
  t.strictSame(textOf(meeting), []);
  t.ok(
    pairs.some(([one, other]) => one?.node === other?.node),
    'also on one node',
  );
  t.end();
});
