// LEVEL=compiler: one policy compiler a node, and the compiled tables asked as the datapath asks them.
import { parseAddr } from 'ip';
import { podKey } from '../../loader/model/objects.ts';
import type { PolicyDirection } from '../../loader/model/policies.ts';
import type { RuleMeaning } from '../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../loader/policy/compiler.ts';
import { lookupPolicy } from '../support/policy/lookup.ts';
import { endsOf, type QueryEnd } from '../support/policy/query-ends.ts';
import type { Query, World, WorldPod } from '../support/policy/world.ts';
import type { Answer, Level, LiveLevel } from './level.ts';
import { nodesOf } from './nodes.ts';
import { policyInput, readWorld, Slots } from './policy-input.ts';

export const compilerLevel: Level = {
  name: 'compiler',
  openLevel(world: World): Promise<LiveLevel> {
    const nodes = new CompiledNodes(world);
    return Promise.resolve({
      apply(next) {
        nodes.apply(next);
        return Promise.resolve();
      },
      ask: queries => Promise.resolve(queries.map(query => nodes.ask(query))),
      close: () => Promise.resolve(),
    });
  },
};

/** The tables of every node of one world; at this level nothing has to be waited for. */
export class CompiledNodes {
  readonly #podIds = new Slots();
  readonly #compilers = new Map<string, PolicyCompiler>();
  #world: World;

  constructor(world: World) {
    this.#world = world;
    this.apply(world);
  }

  apply(next: World): void {
    const read = readWorld(next);
    this.#podIds.update(next);
    this.#world = next;
    for (const { name } of nodesOf(next)) {
      const compiler = this.#compilers.get(name) ?? new PolicyCompiler();
      this.#compilers.set(name, compiler);
      compiler.update(policyInput(next, read, { node: name, podIds: this.#podIds.of(name) }));
    }
  }

  ask(query: Query): Answer {
    const { from, to } = endsOf(this.#world, query);
    const egress = from.pod && this.#judge('egress', from.pod, { peer: to, query });
    // A node always reaches its own pods: the datapath does not ask.
    const isOwnNode = to.pod !== undefined && to.pod.node === from.node;
    const ingress = to.pod && !isOwnNode ? this.#judge('ingress', to.pod, { peer: from, query }) : undefined;
    const asked = [egress, ingress].filter(answer => answer !== undefined);
    return {
      allowed: asked.every(answer => answer.allowed),
      why: asked.length === 0 ? 'nobody is asked' : asked.map(answer => answer.why).join(', '),
    };
  }

  #judge(
    direction: PolicyDirection,
    pod: WorldPod,
    { peer, query }: { peer: QueryEnd; query: Query },
  ): Answer {
    const compiled = this.#compilers.get(pod.node)?.compiled;
    const podId = this.#podIds.of(pod.node).get(podKey(pod));
    if (compiled === undefined || podId === undefined) return { allowed: false, why: `${direction} unknown` };
    const { protocol, port } = query;
    const asked = { podId, direction, peer: parseAddr(peer.address), protocol, port };
    const judgement = lookupPolicy(compiled, { ...asked, isOwnNode: peer.isUnnamed === true });
    const allowed = judgement.action === 'allow';
    const rule = compiled.rules.get(judgement.rule);
    return { allowed, why: `${direction} ${allowed ? 'allowed' : 'denied'} by ${ruleText(rule, direction)}` };
  }
}

/** As the reference evaluator words it. */
function ruleText(rule: RuleMeaning | undefined, direction: PolicyDirection): string {
  if (rule === undefined || rule.kind === 'default-accept') return `default ${direction}`;
  if (rule.kind === 'isolated') return `${rule.policy} isolates ${direction}`;
  return `${rule.policy} ${direction}[${rule.index}]`;
}
