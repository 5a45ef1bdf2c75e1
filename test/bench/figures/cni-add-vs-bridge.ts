// cni_add_vs_bridge: one pod's interface, there and away again, by our plugin and daemon and by Go's bridge and host-local.
import { checkReachable, type CniNetwork, untilGone } from '../cni/cni-network.ts';
import { openHeddleNetwork } from '../cni/heddle-network.ts';
import { runPlugin } from '../cni/plugin-run.ts';
import type { BenchContext, Figure, Pair, Result } from '../figure.ts';
import { openGoNetwork } from '../peers/go-cni.ts';
import { paired } from '../results.ts';

const ADD = { name: 'cni_add_vs_bridge', aim: { atLeast: 1.8 } } as const;
const DEL = { name: 'cni_del_vs_bridge', aim: { atLeast: 1 } } as const;
/** Ours answers before the device is gone. */
const GONE = { name: 'cni_del_gone_vs_bridge' } as const;
const LAB = 'benchcni';
const PEER = 'benchcnigo';

/** The namespace that it is alone in is the peer's node. */
export const cniAddVsBridge: Figure = { name: ADD.name, isAlone: true, measure };

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const rounds = isQuick ? 15 : 51;
  progress('a lab of one node, and a bridge in a namespace of its own');
  await using ours = await openHeddleNetwork(LAB, 1, signal);
  await using peer = await openGoNetwork(PEER);
  for (const network of [ours, peer]) await checkReachable(network);
  progress(`ADD and DEL in turn, ${rounds} rounds`);
  const adds: Pair[] = [];
  const dels: Pair[] = [];
  const gone: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    const [our, their] = [await addAndDelete(ours), await addAndDelete(peer)];
    adds.push(speedup(our.addMs, their.addMs));
    dels.push(speedup(our.delMs, their.delMs));
    gone.push(speedup(our.goneMs, their.goneMs));
  }
  const words = 'bridge and host-local in Go : heddle-cni and its daemon';
  const unit = 'ms';
  return [
    paired({ ...ADD, unit, note: `ADD by ${words}, process start to exit` }, adds),
    paired({ ...DEL, unit, note: `DEL by ${words}, process start to exit` }, dels),
    paired({ ...GONE, unit, note: `DEL by ${words}, process start until the pod has no interface` }, gone),
  ];
}

async function addAndDelete(
  network: CniNetwork,
): Promise<{ readonly addMs: number; readonly delMs: number; readonly goneMs: number }> {
  const [pod] = network.newPods(1);
  if (pod === undefined) throw new RangeError('no pod was made');
  const added = await runPlugin(network.call(pod, 'ADD'));
  const deleted = await runPlugin(network.call(pod, 'DEL'));
  const goneAtMs = await untilGone([pod]);
  return {
    addMs: added.endMs - added.startMs,
    delMs: deleted.endMs - deleted.startMs,
    goneMs: goneAtMs - deleted.startMs,
  };
}

/** How many times as fast ours is. */
function speedup(ours: number, peer: number): Pair {
  return { ours, peer, ratio: peer / ours };
}
