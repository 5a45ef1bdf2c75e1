// What to ask about a world: every pair that policy may apply to, at ports where verdicts change.
import type { Query, World } from '../world.ts';
import { PORTS, PROTOCOLS } from './pools.ts';
import type { Random } from './random.ts';

/** How many ports are asked a pair, a family. */
const PORTS_PER_PAIR = 2;

interface Named {
  readonly ref: string;
  readonly ips: readonly string[];
  readonly isEvaluated: boolean;
  /** Only its own pods distinguish it from outside addresses. */
  readonly isUnnamedOf?: string;
  readonly node?: string;
}

export function queriesOf(world: World, random: Random): readonly Query[] {
  const parties = queryEndsOf(world);
  const ports = interestingPorts(world);
  return parties.flatMap(from =>
    parties.flatMap(to => {
      if (from === to || (!from.isEvaluated && !to.isEvaluated) || !isKnownTo(from, to)) return [];
      return familiesOf(from, to).flatMap(family =>
        Array.from({ length: PORTS_PER_PAIR }, () => ({
          from: from.ref,
          to: to.ref,
          port: random.pick(ports),
          protocol: random.pick(PROTOCOLS),
          ...(family === 6 && { family }),
        })),
      );
    }),
  );
}

function queryEndsOf({ pods, externals, nodes }: World): readonly Named[] {
  return [
    ...pods.map(pod => ({
      ref: `${pod.namespace}/${pod.name}`,
      ips: pod.ips,
      isEvaluated: pod.hostNetwork !== true,
      node: pod.node,
    })),
    ...externals.map(({ name, ips }) => ({ ref: `external/${name}`, ips, isEvaluated: false })),
    ...nodes.map(({ name, ips }) => ({ ref: `node/${name}`, ips, isEvaluated: false })),
    ...nodes.map(({ name, unnamedIps = [] }) => ({
      ...{ ref: `unnamed/${name}`, ips: unnamedIps, isEvaluated: false, isUnnamedOf: name },
    })),
  ];
}

function isKnownTo(from: Named, to: Named): boolean {
  if (from.isUnnamedOf !== undefined) return false;
  return to.isUnnamedOf === undefined || (from.isEvaluated && to.isUnnamedOf === from.node);
}

function familiesOf(from: Named, to: Named): (4 | 6)[] {
  const has = ({ ips }: Named, family: 4 | 6): boolean => ips.some(ip => ip.includes(':') === (family === 6));
  return ([4, 6] as const).filter(family => has(from, family) && has(to, family));
}

/** Every number that the policies or pods mention, and its neighbours. */
function interestingPorts({ pods, policies }: World): readonly number[] {
  const mentioned = pods.flatMap(({ ports }) => ports.map(({ port }) => port));
  const text = JSON.stringify(policies.map(({ spec }) => spec));
  for (const [, number] of text.matchAll(/"(?:port|endPort|number|start|end)":(\d+)/g))
    mentioned.push(Number(number));
  const around = mentioned.flatMap(port => [port - 1, port, port, port + 1]);
  const all = [...around, 0, 65_535, ...PORTS.slice(0, 3)];
  return all.filter(port => port >= 0 && port <= 65_535);
}
