// tcp_overlay_vs_native_offload, tcp_overlay_vs_flannel_offload: TCP over the overlay; super-packets cross the wire whole.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { betweenNodes, compareTcp, LOAD_NAMES, tcpNames } from '../net/compare-tcp.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { openFlannelPair } from '../peers/flannel.ts';
import { openNativePair } from '../peers/native.ts';

const NATIVE = {
  name: 'tcp_overlay_vs_native_offload',
  cpuName: 'cpu_s_per_gb_overlay_vs_native',
  note: 'overlay : plain routing',
  aim: { atLeast: 0.97 },
} as const;
const FLANNEL = {
  name: 'tcp_overlay_vs_flannel_offload',
  cpuName: 'cpu_s_per_gb_overlay_vs_flannel',
  note: 'overlay : kernel vxlan and bridge',
  aim: { atLeast: 1.15 },
} as const;

export const tcpOverlayOffload: Figure = {
  name: NATIVE.name,
  results: tcpNames([NATIVE, FLANNEL], LOAD_NAMES),
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab, two nodes that route, two nodes as flannel makes them');
  await using overlay = await openLabNetwork('benchnetover', 'always', context);
  await using native = await openNativePair('benchnetnative');
  await using flannel = await openFlannelPair('benchnetflannel');
  await checkAll({ overlay, native, flannel }, 'offload', context);
  const peers = [
    { ...NATIVE, contender: betweenNodes(native) },
    { ...FLANNEL, contender: betweenNodes(flannel) },
  ];
  return await compareTcp({ ours: betweenNodes(overlay), peers }, LOAD_NAMES, context);
}
