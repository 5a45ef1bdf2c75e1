// A world as a lab: which namespaces there are, who lives in which, and what the cluster's objects say then.
import { isIpv4Cidr, parseCidr } from 'ip';
import { DEFAULT_OPTIONS, planLab, type LabPlan, type PodPlan } from '../../../lab/plan.ts';
import { podKey, type PodKey } from '../../../loader/model/objects.ts';
import type { World, WorldExternal, WorldPod } from '../../support/policy/world.ts';
import { LevelError } from '../level.ts';
import { nodesOf, type CaseNode } from '../nodes.ts';

export interface CasePlan {
  readonly lab: LabPlan;
  /** With the lab's names of nodes: devices and namespaces are called so too. */
  readonly nodes: readonly CaseNode[];
  readonly labNames: ReadonlyMap<string, string>;
  readonly externals: readonly WorldExternal[];
}

export interface PlannedPod {
  readonly pod: WorldPod;
  readonly plan: PodPlan;
}

/** Room for so many in the invented networks. */
const MAX_NODES = 200;

export function planCase(world: World, name: string, encapsulation: 'always' | 'never'): CasePlan {
  const named = nodesOf(world);
  if (named.length === 0 || named.length > MAX_NODES)
    throw new LevelError(`a lab has 1 to ${MAX_NODES} nodes, this world has ${named.length}`);
  const labNames = new Map(named.map((node, i) => [node.name, `n${i + 1}`]));
  const nodes = named.map((node, i) => ({
    ...node,
    name: `n${i + 1}`,
    podCidrs: [...overlayCidrs(node, i + 1), ...node.podCidrs],
  }));
  const options = { ...DEFAULT_OPTIONS, name, nodes: nodes.length, podsPerNode: 0, encapsulation };
  const config = { ipam: { reuseDelaySeconds: 0 } };
  const lab = planLab({ ...options, config });
  return { lab, nodes, labNames, externals: world.externals };
}

/**
 * Its overlay device gets addresses of which no case speaks (RFC 2544, RFC 5180): those of a node's first pod CIDR of
 * each family, which may be a pod's here.
 */
function overlayCidrs(node: CaseNode, number: number): CaseNode['podCidrs'] {
  const invented = [`198.19.${number}.0/24`, `2001:2:0:${number.toString(16)}::/64`].map(parseCidr);
  return invented.filter(cidr => node.podCidrs.some(other => isIpv4Cidr(other) === isIpv4Cidr(cidr)));
}

/** What equal worlds have in common that can follow each other in one lab, whatever their policies and labels say. */
export function topologyOf(world: World): string {
  const nodes = nodesOf(world).map(({ name, addresses, unnamed, podCidrs }) => [
    name,
    addresses,
    unnamed,
    podCidrs,
  ]);
  return JSON.stringify([nodes, world.externals]);
}

/** Those with an interface of their own, by their key; `number` tells a pod from a predecessor of its name. */
export function plannedPod({ lab, labNames }: CasePlan, pod: WorldPod, number: number): PlannedPod {
  const { name } = lab.options;
  const node = labNames.get(pod.node) ?? '';
  return {
    pod: { ...pod, node },
    plan: {
      name: pod.name,
      namespace: pod.namespace,
      uid: `uid-${number}`,
      node,
      netns: `/run/netns/hd-${name}-pod${number}`,
      containerId: `lab-${name}-pod${number}`,
      ifname: 'eth0',
    },
  };
}

/** Of pods that are not their node. */
export function ownPods(world: World): ReadonlyMap<PodKey, WorldPod> {
  return new Map(world.pods.filter(pod => pod.hostNetwork !== true).map(pod => [podKey(pod), pod]));
}
