// A cluster of 50,000 pods as its objects: 500 nodes with 100 pods each, of which node n0 is measured.
import { type Addr, parseAddr, parseCidr } from 'ip';
import {
  podKey,
  type NamespaceObject,
  type NodeObject,
  type PodKey,
  type PodObject,
} from '../../../loader/model/objects.ts';
import type { PodId, PolicySubject } from '../../../loader/policy/compiled.ts';

export interface Cluster {
  readonly nodes: ReadonlyMap<string, NodeObject>;
  readonly namespaces: ReadonlyMap<string, NamespaceObject>;
  readonly pods: ReadonlyMap<PodKey, PodObject>;
  readonly nodeAddresses: ReadonlyMap<Addr, string>;
  /** Of OWN_NODE, by pod id. */
  readonly subjects: ReadonlyMap<PodId, PolicySubject>;
}

export const OWN_NODE = 'n0';
export const REMOTE_NODE = 'n1';
export const APPS = 20;
export const TEAMS = 10;
/** Namespaces that have pods on the measured node, two each. */
export const LOCAL_NAMESPACES = 50;

const NODES = 500;
const PODS_PER_NODE = 100;
const NAMESPACES = 500;

export function largeCluster(): Cluster {
  const nodes = numbers(NODES).map(nodeObject);
  const namespaces = numbers(NAMESPACES).map(number => namespaceObject(number));
  const pods = numbers(NODES).flatMap(node => numbers(PODS_PER_NODE).map(pod => podObject(node, pod)));
  const own = pods.filter(pod => pod.nodeName === OWN_NODE);
  return {
    nodes: new Map(nodes.map(node => [node.name, node])),
    namespaces: new Map(namespaces.map(namespace => [namespace.name, namespace])),
    pods: new Map(pods.map(pod => [podKey(pod), pod])),
    nodeAddresses: new Map(nodes.flatMap(node => node.internalAddresses.map(addr => [addr, node.name]))),
    subjects: new Map(own.map((pod, i) => [i + 1, pod])),
  };
}

/** The pod of the measured node in namespace `ns-0`, and one of another node. */
export const MEASURED = {
  local: podAddress(0, 0),
  remote: podAddress(1, 0),
  podId: 1,
  name: 'pod-0-0',
} as const;
export const UNDERLAY = { own: nodeAddress(0), remote: nodeAddress(1) } as const;

function nodeObject(number: number): NodeObject {
  return {
    name: `n${number}`,
    labels: { zone: `zone-${number % 3}` },
    podCidrs: [parseCidr(`10.${100 + (number >> 8)}.${number & 255}.0/24`)],
    internalAddresses: [nodeAddress(number)],
    externalAddresses: [],
    tunnelAddresses: [],
  };
}

function namespaceObject(number: number): NamespaceObject {
  return { name: `ns-${number}`, labels: { team: `team-${number % TEAMS}` } };
}

function podObject(node: number, pod: number): PodObject {
  const namespace = node === 0 ? pod >> 1 : (node * 7 + pod) % NAMESPACES;
  const app = `app-${(node + pod) % APPS}`;
  return {
    namespace: `ns-${namespace}`,
    name: `pod-${node}-${pod}`,
    labels: { app, version: `v${node % 2}` },
    nodeName: `n${node}`,
    hostNetwork: false,
    phase: 'Running',
    addresses: [podAddress(node, pod)],
    ports: [{ name: 'http', number: 8080, protocol: 'TCP' }],
  };
}

function podAddress(node: number, pod: number): Addr {
  return parseAddr(`10.${100 + (node >> 8)}.${node & 255}.${pod + 2}`);
}

function nodeAddress(number: number): Addr {
  return parseAddr(`192.168.${number >> 7}.${(number & 127) + 1}`);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
