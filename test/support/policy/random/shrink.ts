// Takes from a world whatever it can spare: as long as it still fails, it stays smaller.
import type { Case, Query, RawPolicy, World } from '../world.ts';

type Fails = (world: World, query: Query) => boolean;
type Json = Readonly<Record<string, unknown>>;

/** The smallest world found in which the query still fails, as a case that expects `allowed`. */
export function shrunkCase(
  failing: { world: World; query: Query; name: string },
  fails: Fails,
  expected: (world: World, query: Query) => boolean,
): Case {
  const { query, name } = failing;
  const world = shrink(
    failing.world,
    smaller => isWhole(smaller, query) && failsSafely(smaller, query, fails),
  );
  return { name, source: 'random world', ...world, expect: [{ ...query, allowed: expected(world, query) }] };
}

export function shrink(world: World, stillFails: (world: World) => boolean): World {
  for (const smaller of smallerWorlds(world)) if (stillFails(smaller)) return shrink(smaller, stillFails);
  return world;
}

/** Another failure is not this one: a world that cannot be evaluated at all is no smaller example. */
function failsSafely(world: World, query: Query, fails: Fails): boolean {
  try {
    return fails(world, query);
  } catch {
    return false;
  }
}

function isWhole(world: World, { from, to }: Query): boolean {
  return [from, to].every(ref => {
    const [kind, name] = ref.split('/');
    if (kind === 'external') return world.externals.some(each => each.name === name);
    if (kind === 'node' || kind === 'unnamed') return world.nodes.some(each => each.name === name);
    return world.pods.some(pod => pod.namespace === kind && pod.name === name);
  });
}

function* smallerWorlds(world: World): Generator<World> {
  for (const policies of withoutOne(world.policies)) yield { ...world, policies };
  for (const pods of withoutOne(world.pods)) yield { ...world, pods };
  for (const externals of withoutOne(world.externals)) yield { ...world, externals };
  const usedNodes = new Set(world.pods.map(pod => pod.node));
  for (const nodes of withoutOne(world.nodes))
    if ([...usedNodes].every(name => nodes.some(node => node.name === name))) yield { ...world, nodes };
  const used = new Set([
    ...world.pods.map(pod => pod.namespace),
    ...world.policies.map(policy => policy.metadata.namespace),
  ]);
  for (const namespaces of withoutOne(world.namespaces))
    if (world.namespaces.every(each => !used.has(each.name) || namespaces.includes(each)))
      yield { ...world, namespaces };
  for (const policies of withSmallerOne(world.policies, smallerPolicies)) yield { ...world, policies };
  for (const pods of withSmallerOne(world.pods, smallerPod)) yield { ...world, pods };
  for (const nodes of withSmallerOne(world.nodes, withFewerLabels)) yield { ...world, nodes };
  for (const namespaces of withSmallerOne(world.namespaces, withFewerLabels)) yield { ...world, namespaces };
}

function* smallerPod(pod: World['pods'][number]): Generator<World['pods'][number]> {
  for (const ports of withoutOne(pod.ports)) yield { ...pod, ports };
  yield* withFewerLabels(pod);
}

function* withFewerLabels<T extends { labels: Readonly<Record<string, string>> }>(value: T): Generator<T> {
  for (const entries of withoutOne(Object.entries(value.labels)))
    yield { ...value, labels: Object.fromEntries(entries) };
}

function* smallerPolicies(policy: RawPolicy): Generator<RawPolicy> {
  for (const spec of smallerJson(policy.spec)) yield { ...policy, spec };
}

/** Rules, peers, ports, exceptions, labels and requirements are all members of some list or map. */
function* smallerJson(value: unknown): Generator {
  if (Array.isArray(value)) {
    yield* withoutOne(value as readonly unknown[]);
    yield* withSmallerOne(value as readonly unknown[], smallerJson);
  } else if (typeof value === 'object' && value !== null) {
    for (const entries of withoutOne(Object.entries(value as Json))) yield Object.fromEntries(entries);
    for (const [key, member] of Object.entries(value as Json))
      for (const smaller of smallerJson(member)) yield { ...value, [key]: smaller };
  }
}

function* withoutOne<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let gone = 0; gone < values.length; gone++) yield values.filter((_, i) => i !== gone);
}

function* withSmallerOne<T>(
  values: readonly T[],
  smallerOf: (value: T) => Generator<T>,
): Generator<readonly T[]> {
  for (const [at, value] of values.entries())
    for (const smaller of smallerOf(value)) yield values.map((each, i) => (i === at ? smaller : each));
}
