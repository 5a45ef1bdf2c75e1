// Computes the program constants that the daemon decides, and the map sizes.
import { totalmem } from 'node:os';
import type { Config } from '../config.ts';
import type { MapSizes } from '../programs/pinned-maps.ts';
import type { ProgramConstants } from '../programs/program-constants.ts';
import { conntrackRowsFor } from '../model/conntrack-rows.ts';
import { gatewayMac, overlayMac } from '../model/derived-macs.ts';

/** Outer TTL and hop limit: RFC 7348 specifies none; 64 is the default of hosts (RFC 1700). */
const TUNNEL_TTL = 64;

/** Of many flows that are tracked, few have packets in one second; a flow has two rows in the cache. */
const CONNTRACK_ROWS_PER_CACHED = 4;

/** Map sizes that the configuration decides. */
export function mapSizesOf({ maps, flowCache }: Config, memoryBytes = totalmem()): MapSizes {
  const conntrack = maps.conntrack === 0 ? conntrackRowsFor(memoryBytes) : maps.conntrack;
  const cached = flowCache === 'on' ? Math.ceil(conntrack / CONNTRACK_ROWS_PER_CACHED) : 1;
  return {
    hd_endpoint: maps.endpoints,
    hd_route: maps.routes,
    hd_service: maps.services,
    hd_backend: maps.backends,
    hd_backend_info: maps.backends,
    hd_ct: conntrack,
    hd_ct_unassured: conntrack,
    hd_ct_ring: conntrack,
    hd_ct_queue: conntrack,
    hd_cache_ipv4: cached,
    hd_cache_ipv6: cached,
    hd_cidr: maps.cidrs,
    hd_policy_peer: maps.policyPeers,
    hd_rule_set: maps.ruleSets,
    hd_rule: maps.rules,
    hd_policy_name: maps.policies,
  };
}

export interface NodeDevices {
  readonly ownNodeId: number;
  readonly overlayIfindex: number;
  /** Whether the overlay device is the kernel's vxlan. */
  readonly kernelVxlan: boolean;
}

export function programConstants(
  { nodeName, tunnel, flowCache }: Config,
  { kernelVxlan, ...devices }: NodeDevices,
): ProgramConstants {
  return {
    ...devices,
    kernelVxlan: kernelVxlan ? 1 : 0,
    flowCache: flowCache === 'on' ? 1 : 0,
    clusterVni: tunnel.vni,
    vxlanPort: tunnel.port,
    sourcePortMin: tunnel.sourcePortMin,
    sourcePortMax: tunnel.sourcePortMax,
    tunnelTtl: TUNNEL_TTL,
    overlayMac: overlayMac(nodeName),
    gatewayMac: gatewayMac(nodeName),
  };
}
