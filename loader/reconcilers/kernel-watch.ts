// Subscribes to netlink notifications (links, addresses, routes, neighbours, nftables) and passes them to reconcilers.
import { parseAddr } from 'ip';
import { monitor, monitorNftables, type Monitor, type MonitorEvent } from 'rtnetlink';
import type { NodeCells } from './node-cells.ts';
import type { KernelEvent } from './reconciler.ts';

/** Delay before a sync after a kernel event; most events come from the daemon's own changes. */
const KERNEL_MS = 300;
/** Other software may change its rules many times a second. */
const NFTABLES_MS = 1_000;
/** An ADD causes a dozen events: they are handled after it has returned. */
const GATHER_MS = 200;

const GROUPS = ['link', 'ipv4Address', 'ipv6Address', 'ipv4Route', 'ipv6Route', 'neighbour'] as const;

/** All rtnetlink events: any of them may be missing after the socket's buffer overflowed. */
const RTNETLINK: readonly KernelEvent[] = ['link', 'address', 'route', 'neighbour'];

type OnKernelEvent = (event: KernelEvent, withinMs: number) => void;

export function watchKernel(
  cells: Pick<NodeCells, 'uplinks' | 'neighbours'>,
  announce: OnKernelEvent,
): Disposable {
  const monitors: readonly Monitor[] = [
    monitor({ groups: GROUPS, gatherMs: GATHER_MS }, event => {
      if (event.kind === 'overrun') for (const kind of RTNETLINK) announce(kind, KERNEL_MS);
      else if (!isKnown(event, cells)) announce(event.kind, KERNEL_MS);
    }),
    monitorNftables({ gatherMs: GATHER_MS }, () => announce('nftables', NFTABLES_MS)),
  ];
  return {
    [Symbol.dispose]() {
      for (const one of monitors) one[Symbol.dispose]();
    },
  };
}

/** The kernel notifies of every neighbour probe; only a MAC that the tables lack causes a sync. */
function isKnown(
  event: MonitorEvent,
  { uplinks, neighbours }: Pick<NodeCells, 'uplinks' | 'neighbours'>,
): boolean {
  if (event.kind !== 'neighbour' || uplinks.value === undefined) return false;
  const { index, address, mac } = event.neighbour;
  const at = uplinks.value.findIndex(({ ifindex }) => ifindex === index);
  if (at < 0 || mac === undefined) return true;
  return neighbours.value?.[at]?.neighbours.get(parseAddr(address)) === mac;
}
