// Whether the maps and hooks have a pod as it was recorded.
import type { Addr } from 'ip';
import type { Attachment } from '../model/attachment.ts';
import type { NodeState } from '../reconcilers/node-state.ts';

/** One sentence for each difference. `ifindex`: of the host's end, 0 if it is gone. */
export function checkDatapath(
  { hostInterface, addresses, podSlot }: Attachment,
  ifindex: number,
  { input, writers: { programs } }: NodeState,
): string[] {
  const { hd_endpoint: endpoints, hd_iface: ifaces } = programs.maps;
  const { segment } = input.tunnel;
  const isUnknown = (addr: Addr): boolean => endpoints.get({ segment, addr })?.podSlot !== podSlot;
  const attached = new Set(
    programs.status().links.flatMap(link => (link.ifindex === ifindex ? [link.hook] : [])),
  );
  return [
    ...addresses.filter(isUnknown).map(addr => `hd_endpoint does not have ${addr} as this pod's`),
    ...(ifaces.get({ ifindex })?.podSlot === podSlot
      ? []
      : [`hd_iface does not have ${hostInterface} as this pod's`]),
    ...(['pod_tx', 'pod_rx'] as const)
      .filter(hook => !attached.has(hook))
      .map(hook => `${hook} is not attached to ${hostInterface}`),
  ];
}
