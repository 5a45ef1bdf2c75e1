// cni_add_burst: a hundred pods at once, as when a node comes back.
import { checkReachable, type CniNetwork, untilGone } from '../cni/cni-network.ts';
import { openHeddleNetwork } from '../cni/heddle-network.ts';
import { preparePlugin, runPlugin } from '../cni/plugin-run.ts';
import type { BenchContext, Figure, Pair, Result } from '../figure.ts';
import { openGoNetwork } from '../peers/go-cni.ts';
import { paired } from '../results.ts';

const NAME = 'cni_add_burst';
const AIM = { atLeast: 1.8 } as const;
const LAB = 'benchcniburst';
const PEER = 'benchcniburstgo';
const PODS = 100;

/** The namespace that it is alone in is the peer's node. */
export const cniAddBurst: Figure = { name: NAME, isAlone: true, measure };

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const rounds = isQuick ? 3 : 9;
  progress('a lab of one node, and a bridge in a namespace of its own');
  await using ours = await openHeddleNetwork(LAB, PODS, signal);
  await using peer = await openGoNetwork(PEER);
  for (const network of [ours, peer]) await checkReachable(network);
  const runs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    progress(`${PODS} ADDs at once, round ${round + 1} of ${rounds}`);
    const [our, their] = [await addAtOnce(ours), await addAtOnce(peer)];
    runs.push({ ours: our, peer: their, ratio: their / our });
  }
  const note = `${PODS} ADDs at once, first start to last exit: bridge and host-local in Go : heddle-cni and its daemon`;
  return [paired({ name: NAME, unit: 'ms', note, aim: AIM }, runs)];
}

/** From the first process's start to the last one's end, milliseconds. The pods are deleted after that. */
async function addAtOnce(network: CniNetwork): Promise<number> {
  const pods = network.newPods(PODS);
  const calls = pods.map(pod => network.call(pod, 'ADD'));
  const prepared = await Promise.all(calls.map(preparePlugin));
  const runs = await Promise.all(prepared.map(plugin => plugin.run()));
  for (const pod of pods) await runPlugin(network.call(pod, 'DEL'));
  await untilGone(pods);
  const [starts, ends] = [runs.map(({ startMs }) => startMs), runs.map(({ endMs }) => endMs)];
  return Math.max(...ends) - Math.min(...starts);
}
