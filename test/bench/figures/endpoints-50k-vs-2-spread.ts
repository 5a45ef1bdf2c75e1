// endpoints_50k_vs_2_spread: a pod sends to 20,000 of 50,000 pods elsewhere, or as many flows to one: what look-ups cost
// that find nothing of the last packet's in a cache.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { openEndpointLab, type EndpointLab } from '../net/endpoint-lab.ts';
import { farPods, joinFarNodes } from '../net/far-nodes.ts';
import { Spread } from '../net/spread.ts';
import { measurePairs, paired } from '../results.ts';

const NAME = 'endpoints_50k_vs_2_spread';
const MANY = { nodes: 500, podsPerNode: 100 } as const;
const NONE = { nodes: 0, podsPerNode: 0 } as const;
const FLOWS = 20_000;
const AIM = { atLeast: 0.9 } as const;

export const endpoints50kVs2Spread: Figure = { name: NAME, isAlone: false, measure };

async function measure(context: BenchContext): Promise<readonly Result[]> {
  const { isQuick, progress, signal } = context;
  const [rounds, packets] = isQuick ? [5, 60_000] : [21, 300_000];
  await using many = await openEndpointLab('benchxdpmany', MANY, context);
  await using few = await openEndpointLab('benchxdpfew', NONE, context);
  const [node, stand] = many.lab.nodes;
  if (node === undefined || stand === undefined) throw new RangeError('the lab has two nodes');
  await joinFarNodes(node, stand, signal);
  using ours = spreadOver(many, farPods(node, [many.to.address], FLOWS));
  using peer = spreadOver(
    few,
    Array.from({ length: FLOWS }, () => few.to.address),
  );
  const measureOne = (spread: Spread) => (): Promise<number> => {
    signal.throwIfAborted();
    return Promise.resolve(spread.run(packets));
  };
  for (const each of [ours, peer]) each.run(FLOWS); // each flow's first packet
  progress(`${FLOWS} flows, ${rounds} rounds`);
  const runs = await measurePairs(rounds, measureOne(ours), measureOne(peer));
  const note = `${FLOWS.toLocaleString('en')} flows to as many of 50,000 endpoints : to one of two; as far as the other node's wire`;
  return [paired({ name: NAME, unit: 'packets/s', note, aim: AIM }, runs)];
}

function spreadOver({ lab, from }: EndpointLab, destinations: readonly string[]): Spread {
  const port = lab.nodes[1]?.name ?? '';
  return new Spread({ from, destinations, fabricNetns: lab.fabricNetns, port });
}
