// One random change of a world, as clusters change: an object comes, goes, or says something else.
import type { RawPolicy, World, WorldPod } from '../world.ts';
import { labels } from './pools.ts';
import type { Random } from './random.ts';
import { containerPort, namespace, node, pod, policy } from './random-world.ts';

type Edit = (world: World, random: Random) => World;

export function editWorld(world: World, random: Random): World {
  return random.pick(EDITS)(world, random);
}

const EDITS: readonly Edit[] = [
  putPolicy,
  putPolicy,
  putPolicy,
  (world, random) => ({ ...world, policies: without(world.policies, random) }),
  (world, random) => ({ ...world, policies: random.shuffled(world.policies) }),
  putPod,
  putPod,
  (world, random) => ({ ...world, pods: without(world.pods, random) }),
  (world, random) => changePod(world, random, each => ({ ...each, labels: labels(random) })),
  (world, random) =>
    changePod(world, random, each => ({ ...each, ports: random.list(0, 4, () => containerPort(random)) })),
  (world, random) => {
    const changed = random.int(world.namespaces.length);
    return {
      ...world,
      namespaces: world.namespaces.map((each, i) => (i === changed ? namespace(random, each.name) : each)),
    };
  },
  (world, random) => {
    const changed = random.int(world.nodes.length);
    return {
      ...world,
      nodes: world.nodes.map((each, i) => (i === changed ? { ...node(random, i), ips: each.ips } : each)),
    };
  },
];

/** A new one, or another one of the same name. */
function putPolicy(world: World, random: Random): World {
  const put: RawPolicy = policy(random, random.int(6));
  return { ...world, policies: [...world.policies.filter(each => !isSame(each, put)), put] };
}

function isSame(a: RawPolicy, b: RawPolicy): boolean {
  const [left, right] = [a.metadata, b.metadata];
  return a.kind === b.kind && left.name === right.name && left.namespace === right.namespace;
}

/** Names and addresses come from a few: a pod may move, or another one get its address. */
function putPod(world: World, random: Random): World {
  const put: WorldPod = pod(random, world.nodes, random.int(7));
  const isInTheWay = (each: WorldPod): boolean =>
    (each.namespace === put.namespace && each.name === put.name) ||
    (each.hostNetwork !== true && each.ips.some(ip => put.ips.includes(ip)));
  return { ...world, pods: [...world.pods.filter(each => !isInTheWay(each)), put] };
}

function changePod(world: World, random: Random, change: (pod: WorldPod) => WorldPod): World {
  const changed = random.int(world.pods.length);
  return { ...world, pods: world.pods.map((each, i) => (i === changed ? change(each) : each)) };
}

function without<T>(from: readonly T[], random: Random): readonly T[] {
  const gone = random.int(from.length);
  return from.filter((_, i) => i !== gone);
}
