// What the kernel announces: links, addresses, routes, neighbours and nftables, handed to the reconcilers they concern.
import { parseAddr } from 'ip';
import { monitor, monitorNftables, type Monitor, type MonitorEvent } from 'rtnetlink';
import type { NodeCells } from './node-cells.ts';
import type { KernelEvent } from './reconciler.ts';

/** The machine's changes, most of them our own, are looked at this soon: what somebody broke is mended by then. */
const KERNEL_MS = 300;
/** Others may change their rules many times a second. */
const NFTABLES_MS = 1_000;
/** An ADD makes a dozen such changes: they are read after it has been answered. */
const GATHER_MS = 200;

const GROUPS = ['link', 'ipv4Address', 'ipv6Address', 'ipv4Route', 'ipv6Route', 'neighbour'] as const;

/** Of rtnetlink: any of it may have happened when its socket's buffer was too small. */
const RTNETLINK: readonly KernelEvent[] = ['link', 'address', 'route', 'neighbour'];

type Announce = (event: KernelEvent, withinMs: number) => void;

export function watchKernel(
  cells: Pick<NodeCells, 'uplinks' | 'neighbours'>,
  announce: Announce,
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

/** The kernel announces every probe of every neighbour; only a MAC that the tables do not have yet matters. */
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
