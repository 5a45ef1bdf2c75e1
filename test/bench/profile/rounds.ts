// Networks of pods profiled in turn: what each of them spent, and how much it carried meanwhile.
import type { BenchContext } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { UNPACED } from '../net/compare-tcp.ts';
import { useCongestionControl, type PodNetwork } from '../net/pod-network.ts';
import { runTcp } from '../net/tcp-run.ts';
import type { UnderlayKind } from '../net/underlay-offloads.ts';
import type { Round } from './breakdown.ts';
import { recorded, reportOf } from './recording.ts';
import { samplesIn } from './samples.ts';

/** By the name of the network. */
export type Rounds = ReadonlyMap<string, readonly Round[]>;

/** perf's own files; of each network the last one is kept for inspection. */
const FOLDER = 'build/bench/profile';
const STREAMS = 4;

export async function profileInTurn(
  networks: Readonly<Record<string, PodNetwork>>,
  underlay: UnderlayKind,
  context: BenchContext,
): Promise<Rounds> {
  await checkAll(networks, underlay, context);
  const [count, seconds] = context.isQuick ? [2, 1] : [5, 2];
  context.progress(`TCP, ${STREAMS} streams, ${UNPACED}, ${count} rounds of ${seconds} s`);
  const rounds = new Map<string, Round[]>(Object.keys(networks).map(name => [name, []]));
  for (const network of Object.values(networks)) useCongestionControl(network, UNPACED);
  for (let round = 0; round < count; round++)
    for (const [name, { from, to }] of Object.entries(networks)) {
      context.signal.throwIfAborted();
      const file = `${FOLDER}/${underlay}-${name.replaceAll(' ', '-')}.data`;
      const load = { streams: STREAMS, amount: { seconds } };
      const { bytes } = await recorded(file, () => runTcp(from, to, load));
      rounds.get(name)?.push({ samples: samplesIn(await reportOf(file)), bytes });
    }
  return rounds;
}
