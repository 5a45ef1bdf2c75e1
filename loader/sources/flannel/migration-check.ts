// Looks at a cluster's Nodes before it moves from flannel: what cannot move, and what must be done first.
import { type Cidr, cidrContains, cidrAddr, parseCidr } from 'ip';
import * as z from 'zod';
import { flannelNames, publicAddress } from '../../model/flannel-annotations.ts';
import { FlannelPeers, type FlannelSettings } from '../../model/flannel-peers.ts';
import { tunnelAddressesOf } from '../../model/node-addresses.ts';
import type { NodeObject } from '../../model/objects.ts';
import { readObject } from '../objects/read-object.ts';

export interface CheckedCluster {
  /** What keeps a node, or all, from moving node by node: one sentence each. */
  readonly obstacles: readonly string[];
  /** What is to be done before a node moves: one sentence each. */
  readonly steps: readonly string[];
}

export interface FlannelCluster extends Omit<FlannelSettings, 'nodeName'> {
  /** flannel's `Network` and `IPv6Network`; empty: unknown. */
  readonly networks: readonly string[];
}

const rawNode = z.looseObject({
  kind: z.literal('Node'),
  status: z
    .looseObject({
      nodeInfo: z
        .object({
          kernelVersion: z.string().default(''),
          kubeletVersion: z.string().default(''),
          operatingSystem: z.string().default('linux'),
        })
        .prefault({}),
    })
    .prefault({}),
});

type NodeInfo = z.infer<typeof rawNode>['status']['nodeInfo'];

/** docs/kernels.md */
const OLDEST_KERNEL = [6, 1] as const;

/** `documents`: as `kubectl get nodes -o json` or `-o yaml` prints them. */
export function checkFlannelCluster(documents: readonly unknown[], cluster: FlannelCluster): CheckedCluster {
  const found = documents.flatMap(itemsOf).map(readNode);
  const nodes = found.flatMap(({ node }) => node ?? []);
  const infos = found.flatMap(({ node, info }) => (node && info ? [{ node, info }] : []));
  const settings = { ...cluster, nodeName: '' };
  return {
    obstacles: [
      ...(found.length === 0
        ? ['no Node is among what was given: give what kubectl get nodes -o json prints']
        : []),
      ...found.flatMap(({ problem }) => problem ?? []),
      ...k3sProblem(infos),
      ...infos.flatMap(({ node, info }) => machineProblems(node, info)),
      ...nodes.flatMap(node => cidrProblems(node, cluster.networks)),
      ...new FlannelPeers(settings).of(new Map(nodes.map(node => [node.name, node]))).problems,
    ],
    steps: nodes.flatMap(node => addressSteps(node, cluster.prefix)),
  };
}

function itemsOf(document: unknown): unknown[] {
  const { items } = z
    .object({ items: z.array(z.unknown()).default([document]) })
    .catch({ items: [document] })
    .parse(document);
  return items;
}

interface ReadNode {
  readonly node?: NodeObject;
  readonly info?: NodeInfo;
  readonly problem?: string;
}

function readNode(value: unknown): ReadNode {
  const raw = rawNode.safeParse(value);
  if (!raw.success)
    return { problem: 'a document is not a Node: give what kubectl get nodes -o json prints' };
  const read = readObject({ apiVersion: 'v1', ...raw.data });
  if ('problem' in read) return { problem: read.problem.sentence };
  const [first] = read.objects;
  return first?.kind === 'Node' ? { node: first.object, info: raw.data.status.nodeInfo } : {};
}

/** One sentence for the whole cluster. */
function k3sProblem(infos: readonly { readonly node: NodeObject; readonly info: NodeInfo }[]): string[] {
  const names = infos.filter(({ info }) => info.kubeletVersion.includes('+k3s')).map(({ node }) => node.name);
  if (names.length === 0) return [];
  return [
    `k3s runs flannel inside of its own process (${names.join(', ')}), so it cannot be replaced node by node: ` +
      'restart all servers with --flannel-backend=none --disable-network-policy, as docs/install.md has it for k3s',
  ];
}

function machineProblems({ name }: NodeObject, info: NodeInfo): string[] {
  if (info.operatingSystem !== 'linux')
    return [
      `node ${name} runs ${info.operatingSystem}: it stays with flannel, and so the cluster with two networks`,
    ];
  const [major = 0, minor = 0] = info.kernelVersion.split('.').map(part => parseInt(part, 10));
  const [oldestMajor, oldestMinor] = OLDEST_KERNEL;
  if (info.kernelVersion === '' || major > oldestMajor || (major === oldestMajor && minor >= oldestMinor))
    return [];
  return [
    `node ${name} has Linux ${info.kernelVersion}: Heddle needs ${oldestMajor}.${oldestMinor} or newer`,
  ];
}

function cidrProblems({ name, podCidrs }: NodeObject, networks: readonly string[]): string[] {
  if (podCidrs.length === 0)
    return [`node ${name} has no spec.podCIDRs: the controller manager needs --allocate-node-cidrs`];
  const known = networks.map(parseCidr);
  const isInside = (cidr: Cidr): boolean => known.some(network => cidrContains(network, cidrAddr(cidr)));
  return podCidrs
    .filter(cidr => known.length > 0 && !isInside(cidr))
    .map(
      cidr =>
        `${cidr} of node ${name} is outside of flannel's ${known.join(', ')}: flannel does not route it`,
    );
}

/** flannel sends to its public IP, Heddle to the Node's InternalIP unless it is told otherwise. */
function addressSteps(node: NodeObject, prefix: string): string[] {
  const { flannelAnnotations = {}, name } = node;
  const { families } = flannelNames(prefix);
  const known = tunnelAddressesOf(node);
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const { publicIp, overwrite } = families[family];
    const overwritten = publicAddress(flannelAnnotations[overwrite], family);
    if (overwritten !== undefined && !node.internalAddresses.includes(overwritten))
      return [
        `node ${name} is behind ${overwritten} (${overwrite}): Heddle's nodes reach it by that address only if it is ` +
          `the node's own`,
      ];
    const address = publicAddress(flannelAnnotations[publicIp], family);
    if (address === undefined || known.includes(address)) return [];
    return [
      `flannel of node ${name} uses ${address}: kubectl annotate node ${name} heddle.dev/tunnel-address=${address}`,
    ];
  });
}
