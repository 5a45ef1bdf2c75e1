// tcp_direct_vs_calico_offload, udp64_direct_vs_calico: direct mode under one policy, beside Calico's tables with the same.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { compareRates, rateNames } from '../net/compare-rates.ts';
import { betweenNodes, compareTcp, tcpNames } from '../net/compare-tcp.ts';
import { DatagramRates } from '../net/datagram-rates.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { applyPolicy } from '../net/lab-policy.ts';
import { TCP_PORT } from '../net/tcp-run.ts';
import { openCalicoPair } from '../peers/calico.ts';
import { FORGOTTEN_MS } from '../peers/nft-policy.ts';
import { ADMITTED_PORT } from '../policy/manifests.ts';

const ADMITTED = { tcp: TCP_PORT, udp: ADMITTED_PORT } as const;
const NOTE = "direct mode, one policy : Calico's nftables dataplane, the same policy";
const TCP = {
  ...{ name: 'tcp_direct_vs_calico_offload', cpuName: 'cpu_s_per_gb_direct_vs_calico', note: NOTE },
} as const;
const DATAGRAMS = { name: 'udp64_direct_vs_calico', headline: 'answered', aimed: [], note: NOTE } as const;
const LOADS = ['four', 'one'] as const;

export const tcpDirectVsCalico: Figure = {
  name: TCP.name,
  results: [...tcpNames([TCP], LOADS), ...rateNames(DATAGRAMS)],
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab without encapsulation, two nodes as Calico makes them, one policy');
  await using direct = await openLabNetwork('benchnetdirect', 'never', context);
  await applyPolicy(direct.lab, ADMITTED, context.signal);
  await using calico = await openCalicoPair('benchnetcalico', ADMITTED);
  await checkAll({ direct, calico }, 'offload', context);
  const peers = [{ ...TCP, contender: betweenNodes(calico) }];
  const streams = await compareTcp({ ours: betweenNodes(direct), peers }, LOADS, context);
  using ours = new DatagramRates(direct.from, direct.to, () => direct.forgetFlows());
  using peer = new DatagramRates(calico.from, calico.to, () => sleep(FORGOTTEN_MS));
  await ours.checkDenied();
  await peer.checkDenied();
  return [...streams, ...(await compareRates(DATAGRAMS, { ours, peer }, context))];
}
