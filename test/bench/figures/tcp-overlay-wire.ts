// tcp_overlay_vs_flannel_wire: TCP over the overlay when packets cross the wire one by one and are merged on arrival.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { betweenNodes, compareTcp, tcpNames } from '../net/compare-tcp.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { sendOneByOne } from '../net/underlay-offloads.ts';
import { openFlannelPair } from '../peers/flannel.ts';
import { openNativePair } from '../peers/native.ts';

const FLANNEL = {
  name: 'tcp_overlay_vs_flannel_wire',
  cpuName: 'cpu_s_per_gb_overlay_vs_flannel_wire',
  note: 'overlay : kernel vxlan and bridge, no TSO between nodes',
  aim: { atLeast: 1.25 },
} as const;
const NATIVE = {
  name: 'tcp_overlay_vs_native_wire',
  cpuName: 'cpu_s_per_gb_overlay_vs_native_wire',
  note: 'overlay : plain routing, no TSO between nodes',
  aim: { atLeast: 0.92 },
} as const;
const LOADS = ['four', 'one'] as const;

export const tcpOverlayWire: Figure = {
  name: FLANNEL.name,
  results: tcpNames([FLANNEL, NATIVE], LOADS),
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab, two nodes as flannel makes them, two that route; no TSO between any');
  await using overlay = await openLabNetwork('benchnetover', 'always', context, 'cable');
  await using flannel = await openFlannelPair('benchnetflannel', 'cable');
  await using native = await openNativePair('benchnetnative', 'cable');
  for (const network of [overlay, flannel, native]) sendOneByOne(network);
  await checkAll({ overlay, flannel, native }, 'wire', context);
  const peers = [
    { ...FLANNEL, contender: betweenNodes(flannel) },
    { ...NATIVE, contender: betweenNodes(native) },
  ];
  return await compareTcp({ ours: betweenNodes(overlay), peers }, LOADS, context);
}
