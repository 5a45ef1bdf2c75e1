// The lab's wires: namespaces, the underlay's bridges and gateways, and a host outside; all by iproute2.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import {
  isIpv6,
  outsideAddresses,
  underlayAddresses,
  withPrefixLength,
  type LabPlan,
  type NodePlan,
} from './plan.ts';

/** Builds everything but pods and daemons. */
export function buildFabric(plan: LabPlan): void {
  const fabric = basename(plan.fabricNetns);
  const outside = basename(plan.outside.netns);
  for (const netns of [fabric, outside, ...plan.nodes.map(node => basename(node.netns))]) {
    addNetns(netns);
    sysctl(netns, 'net.ipv6.conf.default.accept_dad', '0'); // a lab is not to wait seconds for its own addresses
  }
  ip(
    [...subnetBridges(plan), ...nodeLinks(plan), ...outsideLink(plan)].map(line =>
      line.replaceAll('FABRIC', fabric),
    ),
  );
  for (const name of ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding']) sysctl(fabric, name, '1');
  ipIn(fabric, fabricAddresses(plan));
  ipIn(outside, hostAddresses('eth0', plan.outside.addresses, outsideAddresses(plan.options, 1)));
  for (const node of plan.nodes) ipIn(basename(node.netns), nodeAddresses(plan, node));
}

/** Namespaces take their links along; those that are not there are no matter. */
export function removeNetns(path: string): void {
  try {
    execFileSync('ip', ['netns', 'delete', basename(path)], { stdio: 'ignore' });
  } catch {
    // it was never made, or is gone
  }
}

export function addNetns(name: string): void {
  run('ip', ['netns', 'add', name]);
  ipIn(name, ['link set lo up']);
}

/** Writes a sysctl inside a namespace: /proc/sys/net follows the process's own. */
export function sysctl(netns: string, name: string, value: string): void {
  run('nsenter', [`--net=/run/netns/${netns}`, 'sysctl', '-q', '-w', `${name}=${value}`]);
}

function subnetBridges(plan: LabPlan): string[] {
  return subnets(plan).map(subnet => `-n FABRIC link add br${subnet} type bridge`);
}

function nodeLinks(plan: LabPlan): string[] {
  return plan.nodes.flatMap(node => [
    `-n FABRIC link add ${node.name} mtu ${plan.options.mtu} type veth peer name eth0 mtu ${plan.options.mtu} netns ${basename(node.netns)}`,
    `-n FABRIC link set ${node.name} master br${node.subnet} up`,
  ]);
}

function outsideLink(plan: LabPlan): string[] {
  return [`-n FABRIC link add outside type veth peer name eth0 netns ${basename(plan.outside.netns)}`];
}

function fabricAddresses(plan: LabPlan): string[] {
  const gateways = subnets(plan).flatMap(subnet => [
    ...underlayAddresses(plan.options, subnet, 1).map(addr => addAddress(`br${subnet}`, addr)),
    `link set br${subnet} up`,
  ]);
  const outside = outsideAddresses(plan.options, 1).map(addr => addAddress('outside', addr));
  return [...gateways, ...outside, 'link set outside up', ...podRoutes(plan)];
}

/** Plain routing across subnets needs a network that knows the pods: here a BGP fabric's result, written by hand. */
function podRoutes(plan: LabPlan): string[] {
  if (plan.options.encapsulation !== 'never') return [];
  return plan.nodes.flatMap(node =>
    node.podCidrs.flatMap(cidr => {
      const via = node.addresses.find(addr => isIpv6(addr) === isIpv6(cidr));
      return via === undefined ? [] : [`route add ${cidr} via ${via}`];
    }),
  );
}

function nodeAddresses(plan: LabPlan, node: NodePlan): string[] {
  return hostAddresses('eth0', node.addresses, underlayAddresses(plan.options, node.subnet, 1));
}

function hostAddresses(device: string, addresses: readonly string[], gateways: readonly string[]): string[] {
  return [
    ...addresses.map(addr => addAddress(device, addr)),
    `link set ${device} up`,
    ...gateways.map(gateway => `route add default via ${gateway}`),
  ];
}

function addAddress(device: string, address: string): string {
  return `address add ${withPrefixLength(address)} dev ${device}${isIpv6(address) ? ' nodad' : ''}`;
}

function subnets(plan: LabPlan): number[] {
  return [...new Set(plan.nodes.map(node => node.subnet))];
}

function ip(commands: readonly string[]): void {
  for (const command of commands) run('ip', command.split(' '));
}

function ipIn(netns: string, commands: readonly string[]): void {
  run('ip', ['-n', netns, '-batch', '-'], `${commands.join('\n')}\n`);
}

function run(command: string, args: readonly string[], input = ''): void {
  execFileSync(command, args, { input, stdio: ['pipe', 'ignore', 'pipe'] });
}
