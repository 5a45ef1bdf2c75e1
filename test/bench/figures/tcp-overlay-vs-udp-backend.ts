// tcp_overlay_vs_udp_backend_offload: TCP over the overlay, beside tunnels that go through user space.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { betweenNodes, compareTcp, tcpNames } from '../net/compare-tcp.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { openUdpBackendPair } from '../peers/udp-backend.ts';

const UDP_BACKEND = {
  name: 'tcp_overlay_vs_udp_backend_offload',
  cpuName: 'cpu_s_per_gb_overlay_vs_udp_backend',
  note: "overlay : flannel's udp backend, TUN and user space",
} as const;
const LOADS = ['four'] as const;

export const tcpOverlayVsUdpBackend: Figure = {
  name: UDP_BACKEND.name,
  results: tcpNames([UDP_BACKEND], LOADS),
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab, two nodes with a process each that carries packets');
  await using overlay = await openLabNetwork('benchnetover', 'always', context);
  await using backend = await openUdpBackendPair('benchnetudp');
  await checkAll({ overlay, 'udp backend': backend }, 'offload', context);
  const peers = [{ ...UDP_BACKEND, contender: betweenNodes(backend) }];
  return await compareTcp({ ours: betweenNodes(overlay), peers }, LOADS, context);
}
