// What a kernel is too old for: the daemon asks nothing of the kind there, so neither do the tables.
import { isAtLeast, kernelConstants } from '../../loader/programs/program-constants.ts';
import { isNetfilterHook } from '../../loader/programs/hook.ts';
import { decode } from '../support/packet/decode.ts';
import type { Packet } from '../support/packet/packet.ts';
import type { HookName, Row, Table } from '../support/bpf/table.ts';

/** Beside netfilter's programs they read netfilter's own entry of a flow; the daemon says `forward_hook` 0 without these. */
const PROVED_BY_FORWARD: readonly HookName[] = ['pod_rx', 'overlay_tx', 'uplink_tx'];

/** Why that kernel cannot have the table's program; undefined if it can. */
export function whyNotTable({ hook, constants }: Table, release: string): string | undefined {
  const proves = PROVED_BY_FORWARD.includes(hook) && constants?.['forward_hook'] !== 0;
  const wants = isNetfilterHook(hook) || proves;
  return wants && !isAtLeast(release, 6, 4) ? 'BPF netfilter programs (6.4)' : undefined;
}

/** Why a row of it cannot come true there: `uplinkRxDecapOldKernel` says what becomes of such packets instead. */
export function whyNotRow({ hook, constants }: Table, row: Row, release: string): string | undefined {
  const isTold = constants?.['decap_l3_flags'] !== 0 && kernelConstants(false, release).decapL3Flags === 0;
  const crosses = hook === 'uplink_rx' && [row.sent, ...(row.before ?? [])].some(changesFamily);
  return isTold && crosses ? 'BPF_F_ADJ_ROOM_DECAP_L3_* (6.3)' : undefined;
}

/** What is in the tunnel is of another family than the tunnel. */
function changesFamily(packet: Packet): boolean {
  const families = decode(packet.bytes()).flatMap(({ name }) =>
    name === 'ipv4' || name === 'ipv6' ? [name] : [],
  );
  return families[1] !== undefined && families[0] !== families[1];
}

/** What the programs do otherwise there, and `heddlectl doctor` does not mention. */
export function whatStandsIn(release: string): string[] {
  const { decapL3Flags, oldVerifierKeys } = kernelConstants(false, release);
  return [
    ...(decapL3Flags === 0
      ? [
          'the kernel has no BPF_F_ADJ_ROOM_DECAP_L3_* (6.3): IPv4 in IPv6 tunnels and IPv6 in IPv4 tunnels are decapsulated by the overlay device',
        ]
      : []),
    ...(oldVerifierKeys === 1
      ? ['map helpers take keys from the stack only (before 6.2): keys are copied there']
      : []),
  ];
}
