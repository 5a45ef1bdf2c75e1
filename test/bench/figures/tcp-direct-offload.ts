// tcp_direct_vs_native_offload: TCP in direct mode, beside nodes that only route.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { betweenNodes, compareTcp, LOAD_NAMES, tcpNames } from '../net/compare-tcp.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { openNativePair } from '../peers/native.ts';

const NATIVE = {
  name: 'tcp_direct_vs_native_offload',
  cpuName: 'cpu_s_per_gb_direct_vs_native',
  note: 'direct mode : plain routing',
  aim: { atLeast: 1.15 },
} as const;

export const tcpDirectOffload: Figure = {
  name: NATIVE.name,
  results: tcpNames([NATIVE], LOAD_NAMES),
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab without encapsulation, two nodes that route');
  await using direct = await openLabNetwork('benchnetdirect', 'never', context);
  await using native = await openNativePair('benchnetnative');
  await checkAll({ direct, native }, 'offload', context);
  const peers = [{ ...NATIVE, contender: betweenNodes(native) }];
  return await compareTcp({ ours: betweenNodes(direct), peers }, LOAD_NAMES, context);
}
