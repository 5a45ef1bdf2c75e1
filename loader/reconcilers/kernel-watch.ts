// Subscribes to netlink notifications (links, addresses, routes, neighbours, nftables) and passes them to reconcilers.
import { monitor, monitorNftables, type Monitor } from 'rtnetlink';
import type { KernelEvent } from './reconciler.ts';
import { relevantEvent, type RelevantState } from './relevant-events.ts';
import { relevantNftables, type NftablesState } from './relevant-nftables.ts';

/** Delay before a sync after a kernel event; most events come from the daemon's own changes. */
const KERNEL_MS = 300;
/** Other software may change its rules many times a second. */
const NFTABLES_MS = 1_000;
/** An ADD causes a dozen events: they are handled after it has returned. */
const GATHER_MS = 200;

const GROUPS = ['link', 'ipv4Address', 'ipv6Address', 'ipv4Route', 'ipv6Route', 'neighbour'] as const;

/** All rtnetlink events: any of them may be missing after the socket's buffer overflowed. */
const RTNETLINK: readonly KernelEvent[] = [
  ...(['link', 'address', 'route', 'pod-route', 'neighbour', 'pod-neighbour'] as const),
];

const NFTABLES: readonly KernelEvent[] = ['nftables-own', 'nftables-forward'];

type OnKernelEvent = (event: KernelEvent, withinMs: number) => void;

/** What decides whether a notification concerns this node, at this moment. */
export interface RelevantStates {
  readonly rtnetlink: () => RelevantState;
  readonly nftables: () => NftablesState;
}

export function watchKernel({ rtnetlink, nftables }: RelevantStates, announce: OnKernelEvent): Disposable {
  const monitors: readonly Monitor[] = [
    monitor({ groups: GROUPS, gatherMs: GATHER_MS }, event => {
      if (event.kind === 'overrun') for (const kind of RTNETLINK) announce(kind, KERNEL_MS);
      else {
        const kind = relevantEvent(event, rtnetlink());
        if (kind !== undefined) announce(kind, KERNEL_MS);
      }
    }),
    monitorNftables({ gatherMs: GATHER_MS }, change => {
      if (change === undefined) for (const kind of NFTABLES) announce(kind, NFTABLES_MS);
      else {
        const kind = relevantNftables(change, nftables());
        if (kind !== undefined) announce(kind, NFTABLES_MS);
      }
    }),
  ];
  return {
    [Symbol.dispose]() {
      for (const one of monitors) one[Symbol.dispose]();
    },
  };
}
