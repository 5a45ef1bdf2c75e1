// Which faults come next: one, then two at once, and so on; each once before any comes a second time.
import type { NodePlan } from '../../lab/plan.ts';
import type { Random } from '../support/policy/random/random.ts';
import type { SoakFault } from './fault.ts';

export interface Drawn {
  readonly fault: SoakFault;
  readonly node: NodePlan;
}

/** There is one source: its faults are never two at once. */
const SHARED = 'source';
const MOST_TRIES = 100;

export function* drawRounds(
  random: Random,
  faults: readonly SoakFault[],
  nodes: readonly NodePlan[],
): Generator<readonly Drawn[], never> {
  const [alone, first, second] = [deck(random, faults), deck(random, faults), deck(random, faults)];
  for (;;) {
    yield [{ fault: alone(), node: random.pick(nodes) }];
    yield drawPair(random, nodes, first, second);
  }
}

type Deck = () => SoakFault;

/** Shuffled; when it is empty, shuffled anew. */
function deck(random: Random, faults: readonly SoakFault[]): Deck {
  let left: SoakFault[] = [];
  return () => {
    if (left.length === 0) left = random.shuffled(faults);
    const drawn = left.pop();
    if (drawn === undefined) throw new RangeError('there is no fault to draw');
    return drawn;
  };
}

/** One alone where nothing can be beside it. */
function drawPair(random: Random, nodes: readonly NodePlan[], first: Deck, second: Deck): readonly Drawn[] {
  const one = { fault: first(), node: random.pick(nodes) };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const fault = second();
    const places = placesBeside(one, fault, nodes);
    if (places.length > 0) return [one, { fault, node: random.pick(places) }];
  }
  return [one];
}

function placesBeside(one: Drawn, other: SoakFault, nodes: readonly NodePlan[]): readonly NodePlan[] {
  const shared = one.fault.holds.filter(held => other.holds.includes(held));
  if (one.fault === other || shared.includes(SHARED)) return [];
  return shared.length === 0 ? nodes : nodes.filter(({ name }) => name !== one.node.name);
}
