// A small world: a pod 'web' and a friend on this node, another friend and a stranger elsewhere.
import { Slots } from '../../conformance/policy-input.ts';
import type { RawPolicy, World, WorldPod } from '../../support/policy/world.ts';
import { playWorld, type PlayedWorld } from './played-world.ts';

function pod(name: string, node: string, number: number, labels: Record<string, string> = {}): WorldPod {
  return {
    ...{ namespace: 'x', name, node, ports: [] },
    labels: { app: name, ...labels },
    ips: [`10.244.${node.slice(1)}.${number}`, `fd00:10:244:${node.slice(1)}::${number}`],
  };
}

const INGRESS_OF_WEB = { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] };

const POLICIES = {
  'isolate web': INGRESS_OF_WEB,
  'admit friends': {
    ...INGRESS_OF_WEB,
    ingress: [
      { from: [{ podSelector: { matchLabels: { friend: 'yes' } } }] },
      {
        from: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.128/25'] } }],
        ports: [{ port: 80 }],
      },
    ],
  },
  'admit all outside': { ...INGRESS_OF_WEB, ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] },
  'admit some outside': {
    ...INGRESS_OF_WEB,
    ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.192/26' } }], ports: [{ protocol: 'UDP', port: 53 }] }],
  },
  /** More rows than a small map has. */
  'many ports': {
    ...INGRESS_OF_WEB,
    ingress: [{ ports: Array.from({ length: 100 }, (_, i) => ({ protocol: 'TCP', port: 1000 + 2 * i })) }],
  },
  'many prefixes': {
    ...INGRESS_OF_WEB,
    ingress: [
      { from: Array.from({ length: 100 }, (_, i) => ({ ipBlock: { cidr: `192.0.2.${2 * i}/32` } })) },
    ],
  },
} as const;

export interface SmallCase {
  readonly policies: readonly (keyof typeof POLICIES)[];
}

export function playCase({ policies }: SmallCase): PlayedWorld {
  const world: World = {
    namespaces: [{ name: 'x', labels: {} }],
    pods: [
      pod('web', 'n1', 2),
      pod('near', 'n1', 3, { friend: 'yes' }),
      pod('far', 'n2', 2, { friend: 'yes' }),
      pod('stranger', 'n2', 3),
    ],
    externals: [
      { name: 'admitted', ips: ['203.0.113.1'] },
      { name: 'excepted', ips: ['203.0.113.200'] },
      { name: 'unknown', ips: ['198.51.100.7'] },
    ],
    nodes: [
      { name: 'n1', labels: {}, ips: ['192.168.0.1'] },
      { name: 'n2', labels: {}, ips: ['192.168.0.2'] },
    ],
    policies: policies.map((name): RawPolicy => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: name.replaceAll(' ', '-'), namespace: 'x' },
      spec: POLICIES[name],
    })),
  };
  return playWorld(world, new Slots());
}
