// Subscribes to netlink notifications (links, addresses, routes, neighbours, nftables) and passes them to reconcilers.
import { monitor, monitorNftables, type Monitor } from 'rtnetlink';
import type { KernelEvent } from './reconciler.ts';
import { relevantEvent, type RelevantState } from './relevant-events.ts';

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

type OnKernelEvent = (event: KernelEvent, withinMs: number) => void;

export function watchKernel(state: () => RelevantState, announce: OnKernelEvent): Disposable {
  const monitors: readonly Monitor[] = [
    monitor({ groups: GROUPS, gatherMs: GATHER_MS }, event => {
      if (event.kind === 'overrun') for (const kind of RTNETLINK) announce(kind, KERNEL_MS);
      else {
        const kind = relevantEvent(event, state());
        if (kind !== undefined) announce(kind, KERNEL_MS);
      }
    }),
    monitorNftables({ gatherMs: GATHER_MS }, () => announce('nftables', NFTABLES_MS)),
  ];
  return {
    [Symbol.dispose]() {
      for (const one of monitors) one[Symbol.dispose]();
    },
  };
}
