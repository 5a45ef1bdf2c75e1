// Compares the rows and links of a pod with its record, and finds whether rows use an address.
import type { Addr } from 'ip';
import { EndpointKind } from '../abi/abi.gen.ts';
import type { Attachment } from '../model/attachment.ts';
import type { NodeState } from '../reconcilers/node-state.ts';

/** One sentence for each difference. `ifindex`: of the host-side veth, 0 if it does not exist. */
export function checkTables(
  { hostInterface, addresses, podId }: Attachment,
  ifindex: number,
  { input, writers: { programs } }: NodeState,
): string[] {
  const { hd_endpoint: endpoints, hd_iface: ifaces } = programs.maps;
  const { vni } = input.tunnel;
  const isUnknown = (addr: Addr): boolean => endpoints.get({ vni, addr })?.podId !== podId;
  const attached = new Set(
    programs.status().links.flatMap(link => (link.ifindex === ifindex ? [link.hook] : [])),
  );
  return [
    ...addresses.filter(isUnknown).map(addr => `hd_endpoint has no row of this pod for ${addr}`),
    ...(ifaces.get({ ifindex })?.podId === podId
      ? []
      : [`hd_iface has no row of this pod for ${hostInterface}`]),
    ...(['pod_tx', 'pod_rx'] as const)
      .filter(hook => !attached.has(hook))
      .map(hook => `${hook} is not attached to ${hostInterface}`),
  ];
}

/** What hd_endpoint says of an address that no attachment has. */
export function rowUse({ input, writers: { programs } }: NodeState, addr: Addr): string | undefined {
  const row = programs.maps.hd_endpoint.get({ vni: input.tunnel.vni, addr });
  return row?.kind === EndpointKind.LOCAL_POD ? `a pod on link ${row.ifindex}` : undefined;
}
