// The programs' settings for node 1.
import type { ObjectSpec } from 'libbpf-ts';
import { CONFIG_VARIABLES } from '../../../loader/abi/abi.gen.ts';
import { kernelConstants } from '../../../loader/programs/program-constants.ts';
import { CONNTRACK_TIMEOUTS, type ConntrackTimeouts } from '../../../loader/model/conntrack-timeouts.ts';
import { DEVICE, MAC, NODE, VNI, SOURCE_PORTS, TUNNEL_TTL, VXLAN_PORT } from './cluster.ts';
import type { Constants } from './table.ts';

/** The product's own, by C name. */
const CONNTRACK_SECONDS: Constants = Object.fromEntries(
  Object.entries(CONNTRACK_TIMEOUTS).map(([name, seconds]) => [
    CONFIG_VARIABLES[name as keyof ConntrackTimeouts].cName,
    seconds as number,
  ]),
);

const CONSTANTS: Constants = {
  own_node_id: NODE.own,
  cluster_vni: VNI,
  overlay_ifindex: DEVICE.overlay,
  vxlan_port: VXLAN_PORT,
  source_port_min: SOURCE_PORTS.min,
  source_port_max: SOURCE_PORTS.max,
  tunnel_ttl: TUNNEL_TTL,
  decap_l3_flags: 1,
  old_verifier_keys: kernelConstants(true).oldVerifierKeys,
  forward_hook: 1,
  kernel_vxlan: 1,
  flow_cache: process.env['HEDDLE_FLOW_CACHE'] === 'off' ? 0 : 1,
  ct_insert: kernelConstants(true).ctInsert,
  ...CONNTRACK_SECONDS,
  overlay_mac: MAC.overlay,
  gateway_mac: MAC.gateway,
};

/** All of them that the object has: a program without a use for a setting does not have it. */
export function constantsOf(spec: ObjectSpec, more: Constants = {}): Constants {
  const all = { ...CONSTANTS, ...more };
  return Object.fromEntries(Object.entries(all).filter(([name]) => spec.variables.has(name)));
}
