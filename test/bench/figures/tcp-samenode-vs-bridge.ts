// tcp_samenode_vs_bridge: TCP from pod to pod on one node, beside pods on a bridge.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { checkNotOnWire } from '../net/check-carriage.ts';
import { compareTcp, LOAD_NAMES, onOneNode, tcpNames } from '../net/compare-tcp.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { openFlannelPair } from '../peers/flannel.ts';

const BRIDGE = {
  name: 'tcp_samenode_vs_bridge',
  cpuName: 'cpu_s_per_gb_samenode_vs_bridge',
  note: 'two pods of one node : on a bridge',
  aim: { atLeast: 1.3 },
} as const;

export const tcpSamenodeVsBridge: Figure = {
  name: BRIDGE.name,
  results: tcpNames([BRIDGE], LOAD_NAMES),
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab and two pods on a bridge');
  await using overlay = await openLabNetwork('benchnetover', 'always', context);
  await using flannel = await openFlannelPair('benchnetflannel');
  for (const [name, network] of Object.entries({ ours: overlay, bridge: flannel }))
    context.progress(`${name}: ${await checkNotOnWire(network, network.from, network.neighbour)}`);
  const peers = [{ ...BRIDGE, contender: onOneNode(flannel) }];
  return await compareTcp({ ours: onOneNode(overlay), peers }, LOAD_NAMES, context);
}
