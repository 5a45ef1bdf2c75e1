// The uplink goes down, loses its carrier, and gets another MTU or another address, for a moment.
import { addAddress, ipIn } from '../../../lab/iproute.ts';
import { underlayAddresses, type NodePlan } from '../../../lab/plan.ts';
import { COSTS_NOTHING, COSTS_OTHER_NODES, type Cost } from '../cost.ts';
import type { Place, SoakFault } from '../fault.ts';

/** A TCP connection that has retried for three seconds is heard again within eight. */
const LASTS_MS = 2_500;
const OTHER_HOST = 200;

type Step = (place: Place) => void;

function uplink(name: string, cost: Cost, change: Step, changeBack: Step): SoakFault {
  return {
    ...{ name, holds: ['uplink'], cost, lastsMs: LASTS_MS },
    begin: place => {
      change(place);
      return () => changeBack(place);
    },
  };
}

/** With the routes that the kernel removes with the addresses. */
function replaceAddresses({ world, node }: Place, from: readonly string[], to: readonly string[]): void {
  const { options } = world.lab;
  ipIn(node.netns, [
    ...from.map(address =>
      addAddress('eth0', address)
        .replace(/^address add/, 'address delete')
        .replace(' nodad', ''),
    ),
    ...to.map(address => addAddress('eth0', address)),
    ...defaultRoutes(options, node),
  ]);
}

function defaultRoutes(options: Parameters<typeof underlayAddresses>[0], { subnet }: NodePlan): string[] {
  return underlayAddresses(options, subnet, 1).map(router => `route replace default via ${router}`);
}

function otherAddresses({ world, node }: Place): readonly string[] {
  return underlayAddresses(world.lab.options, node.subnet, OTHER_HOST + Number(node.name.slice(1)));
}

export const UPLINK_FAULTS: readonly SoakFault[] = [
  uplink(
    'the uplink down and up',
    COSTS_OTHER_NODES,
    ({ node }) => ipIn(node.netns, ['link set eth0 down']),
    ({ node, world }) =>
      ipIn(node.netns, [
        'link set eth0 up',
        // The kernel removes addresses of IPv6, and routes by routers, from a device that goes down.
        ...node.addresses.map(address =>
          addAddress('eth0', address).replace(/^address add/, 'address replace'),
        ),
        ...defaultRoutes(world.lab.options, node),
      ]),
  ),
  uplink(
    'the uplink without carrier',
    COSTS_OTHER_NODES,
    ({ world, node }) => ipIn(world.lab.fabricNetns, [`link set ${node.name} down`]),
    ({ world, node }) => ipIn(world.lab.fabricNetns, [`link set ${node.name} up`]),
  ),
  uplink(
    "the uplink's MTU changed, and back",
    COSTS_NOTHING,
    ({ node }) => ipIn(node.netns, ['link set eth0 mtu 1400']),
    ({ node }) => ipIn(node.netns, ['link set eth0 mtu 1500']),
  ),
  uplink(
    "the uplink's addresses changed, and back",
    COSTS_OTHER_NODES,
    place => replaceAddresses(place, place.node.addresses, otherAddresses(place)),
    place => replaceAddresses(place, otherAddresses(place), place.node.addresses),
  ),
];
