// Random worlds on the datapath: one cluster that is led from world to world, or started anew for each.
import { cidrContains, parseAddr, parseCidr } from 'ip';
import { endsOf } from '../../support/policy/query-ends.ts';
import { evaluate } from '../../support/policy/reference/evaluate.ts';
import type { Evaluated, WorldEvaluator } from '../../support/policy/random/check-worlds.ts';
import type { Query, World } from '../../support/policy/world.ts';
import { Cluster } from './cluster.ts';
import { Machines } from './machines.ts';

export class WorldJudge {
  readonly #machines = new Machines();
  #cluster: Cluster | undefined;

  /** Closes the cluster before it. */
  readonly fromScratch: WorldEvaluator = world => {
    this.#cluster?.close();
    this.#cluster = new Cluster(this.#machines, world, 'always');
    return this.#judgeOf(this.#cluster, world);
  };

  /** On the cluster that is up. */
  async next(world: World): Promise<(query: Query) => Evaluated> {
    if (this.#cluster === undefined) return this.fromScratch(world);
    await this.#cluster.apply(world);
    return this.#judgeOf(this.#cluster, world);
  }

  #judgeOf(cluster: Cluster, world: World): (query: Query) => Evaluated {
    return query =>
      canBeSent(world, query) ? completed(world, query, cluster.ask(query)) : expected(world, query);
  }

  [Symbol.dispose](): void {
    this.#machines[Symbol.dispose]();
  }
}

/** Random worlds put people at any address; to and from some no packet goes, whatever policy says (RFC 6890). */
const NOWHERE = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/128', '::1/128', 'ff00::/8', 'fe80::/10'].map(
  parseCidr,
);

function canBeSent(world: World, query: Query): boolean {
  const { from, to } = endsOf(world, query);
  return [from, to].every(({ address }) => !NOWHERE.some(cidr => cidrContains(cidr, parseAddr(address))));
}

function expected(world: World, query: Query): Evaluated {
  const { allowed, ...verdicts } = evaluate(world, query);
  const reasons = Object.entries(verdicts).map(
    ([direction, verdict]) =>
      `${direction} ${verdict.allowed ? 'allowed' : 'denied'} by ${verdict.by[0] ?? ''}`,
  );
  return { allowed, why: reasons.join(', ') };
}

/** A packet that one end's policy has dropped was never shown to the other's: there the reference has its say. */
function completed(world: World, query: Query, got: Evaluated): Evaluated {
  if (got.allowed) return got;
  const { egress, ingress } = evaluate(world, query);
  const missing = Object.entries({ egress, ingress }).flatMap(([direction, verdict]) =>
    verdict === undefined || got.why.includes(`${direction} `)
      ? []
      : [`${direction} ${verdict.allowed ? 'allowed' : 'denied'} by ${verdict.by[0] ?? ''}`],
  );
  return { allowed: false, why: [got.why, ...missing].join(', ') };
}
