// What the daemon has made of devices, routes, neighbours, rules and settings is taken away or changed.
import type { LabPod } from '../../../lab/lab.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { COSTS_NODE, COSTS_OTHER_NODES, type Cost } from '../cost.ts';
import { nothingToEnd, type Held, type Place, type SoakFault } from '../fault.ts';
import { runOn } from './commands.ts';

const LASTS_MS = 2_000;

/** One of the node's pods that traffic uses. */
function podOf({ world, node, random }: Place): LabPod {
  return random.pick(world.lab.pods.filter(pod => pod.node === node.name));
}

function taken(
  name: string,
  holds: Held,
  cost: Cost,
  commands: readonly string[] | ((place: Place) => readonly string[]),
): SoakFault {
  return {
    ...{ name, holds: [holds], cost, lastsMs: LASTS_MS },
    begin: async place => {
      await runOn(place.node, ...(typeof commands === 'function' ? commands(place) : commands));
      return nothingToEnd;
    },
  };
}

export const NETWORK_FAULTS: readonly SoakFault[] = [
  taken('the overlay device deleted', 'overlay', COSTS_OTHER_NODES, ['ip link delete heddle0']),
  taken('the overlay device down', 'overlay', COSTS_OTHER_NODES, ['ip link set heddle0 down']),
  taken("the overlay device's MTU changed", 'overlay', COSTS_OTHER_NODES, ['ip link set heddle0 mtu 1300']),
  taken("a pod's device down", 'pods', COSTS_NODE, place => [
    `ip link set ${hostInterfaceName(podOf(place))} down`,
  ]),
  taken('routes flushed', 'routes', COSTS_NODE, [
    'ip -4 route flush proto 104',
    'ip -6 route flush proto 104',
  ]),
  taken('permanent neighbours flushed', 'routes', COSTS_NODE, [
    'ip -4 neigh flush nud permanent',
    'ip -6 neigh flush nud permanent',
  ]),
  taken('the nftables table deleted', 'firewall', COSTS_NODE, ['nft delete table inet heddle']),
  taken('all of nftables flushed', 'firewall', COSTS_NODE, ['nft flush ruleset']),
  taken('forwarding switched off, IPv4', 'sysctls', COSTS_NODE, ['sysctl -q net.ipv4.ip_forward=0']),
  taken('forwarding switched off, IPv6', 'sysctls', COSTS_NODE, ['sysctl -q net.ipv6.conf.all.forwarding=0']),
  // IPv6 has none of a device's own: the kernel asks conf/all alone before it forwards.
  taken('forwarding switched off, IPv4, of the uplink alone', 'sysctls', COSTS_NODE, [
    'sysctl -q net.ipv4.conf.eth0.forwarding=0',
  ]),
];
