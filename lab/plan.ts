// Computes a lab's plan from its options: names, addresses and paths.
import { join } from 'node:path';
import { ofFamilies, type Families } from './family.ts';
import { planNics } from './nic-plan.ts';
import type { NicSettings } from './nic-profile.ts';

export interface LabOptions {
  readonly name: string;
  readonly nodes: number;
  readonly podsPerNode: number;
  /** Of the pods. */
  readonly families: Families;
  /** Of the nodes' underlay addresses. */
  readonly underlayFamilies: Families;
  /** flat: one subnet; routed: one a node; paired: one for every two nodes. */
  /** `cable`: two nodes, and nothing between them. */
  readonly underlay: 'flat' | 'routed' | 'paired' | 'cable';
  readonly encapsulation: 'always' | 'cross-subnet' | 'never';
  readonly xdp: 'off' | 'auto' | 'native' | 'generic';
  /** Of the underlay's devices, bytes. */
  readonly mtu: number;
  /** Profiles of nic-profile.ts, each `PROFILE` or `PROFILE@NODE`; together they make the underlay. */
  readonly nic: readonly string[];
  /** More of the daemons' configuration, as the file has it. */
  readonly config: Readonly<Record<string, unknown>>;
}

export const DEFAULT_OPTIONS: LabOptions = {
  name: 'lab',
  nodes: 2,
  podsPerNode: 2,
  families: 'dual',
  underlayFamilies: 'dual',
  underlay: 'flat',
  encapsulation: 'always',
  xdp: 'off',
  mtu: 1500,
  nic: [],
  config: {},
};

export interface NodePlan {
  readonly name: string;
  /** Path of its network namespace. */
  readonly netns: string;
  /** Underlay addresses. */
  readonly addresses: readonly string[];
  readonly podCidrs: readonly string[];
  /** Number of its underlay subnet. */
  readonly subnet: number;
  readonly nic: NicSettings;
  /** More of the uplink, which no Node object names; empty unless the NIC's profile has some. */
  readonly secondAddresses: readonly string[];
  readonly vips: readonly string[];
  /** Of eth1; empty: there is none. */
  readonly secondNicAddresses: readonly string[];
  readonly socket: string;
  readonly pinRoot: string;
  readonly stateDir: string;
  readonly configFile: string;
  readonly logFile: string;
}

export interface PodPlan {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly node: string;
  readonly netns: string;
  readonly containerId: string;
  readonly ifname: string;
}

export interface LabPlan {
  readonly options: LabOptions;
  readonly directory: string;
  readonly manifests: string;
  readonly fabricNetns: string;
  readonly outside: { readonly netns: string; readonly addresses: readonly string[] };
  readonly nodes: readonly NodePlan[];
  readonly pods: readonly PodPlan[];
}

export const LABS_DIRECTORY = '/run/heddle-lab';
export const POD_NAMESPACE = 'lab';
/** No dashes: they separate a lab's name from the object's. */
const NAME = /^[a-z0-9]{1,16}$/;
const MAX_NODES = 200;

/** Throws a `RangeError` with one sentence when the options make no lab. */
export function planLab(options: LabOptions): LabPlan {
  if (!NAME.test(options.name))
    throw new RangeError(`--name cannot be '${options.name}': use 1 to 16 lower-case letters and digits`);
  if (options.nodes < 1 || options.nodes > MAX_NODES)
    throw new RangeError(`--nodes cannot be ${options.nodes}: a lab has 1 to ${MAX_NODES} nodes`);
  if (options.underlay === 'cable' && options.nodes !== 2)
    throw new RangeError(
      `--underlay cable joins two nodes, not ${options.nodes}: use --nodes 2 or another shape`,
    );
  const numbers = Array.from({ length: options.nodes }, (_, i) => i + 1);
  const nics = planNics(options, numbers.map(nodeName));
  return {
    options,
    directory: directoryOf(options.name),
    manifests: join(directoryOf(options.name), 'manifests'),
    fabricNetns: netnsPath(options.name, 'fabric'),
    outside: { netns: netnsPath(options.name, 'outside'), addresses: outsideAddresses(options) },
    nodes: [...nics.values()].map((nic, i) => planNode(options, i + 1, nic)),
    pods: numbers.flatMap(number =>
      Array.from({ length: options.podsPerNode }, (_, i) => planPod(options, nodeName(number), i + 1)),
    ),
  };
}

/** Everything of a lab that is a file. */
export function directoryOf(lab: string): string {
  return join(LABS_DIRECTORY, lab);
}

function nodeName(number: number): string {
  return `n${number}`;
}

function planNode(options: LabOptions, number: number, nic: NicSettings): NodePlan {
  const name = nodeName(number);
  const directory = join(directoryOf(options.name), name);
  const subnet = { flat: 1, cable: 1, routed: number, paired: Math.ceil(number / 2) }[options.underlay];
  return {
    name,
    netns: netnsPath(options.name, name),
    addresses: underlayAddresses(options, subnet, number + 10),
    podCidrs: ofFamilies(options.families, `10.244.${number}.0/24`, `fd00:244:0:${number.toString(16)}::/64`),
    subnet,
    nic,
    ...extraAddresses(options, subnet, number, nic),
    socket: join(directory, 'run/heddled.sock'),
    pinRoot: `/sys/fs/bpf/heddle-lab-${options.name}-${name}`,
    stateDir: join(directory, 'state'),
    configFile: join(directory, 'heddled.yaml'),
    logFile: join(directory, 'heddled.log'),
  };
}

export function planPod(options: LabOptions, node: string, number: number): PodPlan {
  const name = `${node}-p${number}`;
  return {
    name,
    namespace: POD_NAMESPACE,
    uid: `uid-${options.name}-${name}`,
    node,
    netns: netnsPath(options.name, name),
    containerId: `lab-${options.name}-${name}`,
    ifname: 'eth0',
  };
}

/** The underlay's, each once. */
export function subnetsOf(plan: Pick<LabPlan, 'nodes'>): number[] {
  return [...new Set(plan.nodes.map(node => node.subnet))];
}

/** Addresses of one host of an underlay subnet; host 1 is the gateway. */
export function underlayAddresses(options: LabOptions, subnet: number, host: number): string[] {
  return ofFamilies(
    options.underlayFamilies,
    `192.168.${subnet}.${host}`,
    `fd00:168:0:${subnet.toString(16)}::${host.toString(16)}`,
  );
}

function extraAddresses(
  options: LabOptions,
  subnet: number,
  number: number,
  { secondAddress, secondNic, vip }: NicSettings,
): Pick<NodePlan, 'secondAddresses' | 'secondNicAddresses' | 'vips'> {
  const { underlayFamilies } = options;
  return {
    secondAddresses: secondAddress ? secondAddressesOf(options, subnet, number + 10) : [],
    secondNicAddresses: secondNic ? secondNicAddressesOf(options, number + 10) : [],
    vips: vip ? ofFamilies(underlayFamilies, `198.18.0.${number}`, `fd00:198::${number.toString(16)}`) : [],
  };
}

/** Of the second subnet on the wire of an underlay subnet; host 1 is the gateway. */
export function secondAddressesOf(options: LabOptions, subnet: number, host: number): string[] {
  return ofFamilies(
    options.underlayFamilies,
    `172.16.${subnet}.${host}`,
    `fd00:172:16:${subnet.toString(16)}::${host.toString(16)}`,
  );
}

/** Of the network that joins all second NICs; host 1 is its gateway. */
export function secondNicAddressesOf(options: LabOptions, host: number): string[] {
  return ofFamilies(options.underlayFamilies, `172.17.0.${host}`, `fd00:172:17::${host.toString(16)}`);
}

/** The outside host, which has no routes to pods, and the fabric's end of its link. */
export function outsideAddresses(options: LabOptions, host = 2): string[] {
  return ofFamilies(options.underlayFamilies, `198.51.100.${host}`, `2001:db8:100::${host}`);
}

function netnsPath(lab: string, part: string): string {
  return `/run/netns/hd-${lab}-${part}`;
}
