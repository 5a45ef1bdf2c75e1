// Whether one party may reach another, straight from the API documents: naive, whole, and apart from the compiler.
import { endsOf, type QueryEnd } from '../query-ends.ts';
import type { Query, World, WorldPod } from '../world.ts';
import { evaluateTier } from './cluster-policy.ts';
import type { Connection, Direction, Verdict } from './connection.ts';
import { evaluateNetworkPolicies } from './network-policy.ts';

export interface Evaluation {
  readonly allowed: boolean;
  /** Absent: the sender is no pod. */
  readonly egress?: Verdict;
  /** Absent: the receiver is not a pod, or is not evaluated. */
  readonly ingress?: Verdict;
}

/** Both directions have to agree: "egress from the source and ingress to the destination". */
export function evaluate(world: World, query: Query): Evaluation {
  const { from, to } = endsOf(world, query);
  if (query.from === query.to) return { allowed: true }; // a pod always reaches itself
  const seen = (direction: Direction, subject: WorldPod, peer: QueryEnd): Verdict =>
    evaluateDirection({ world, direction, subject, peer, port: query.port, protocol: query.protocol });
  const egress = from.pod && seen('egress', from.pod, to);
  // A node always reaches its own pods.
  const ingress = to.pod && to.pod.node !== from.node ? seen('ingress', to.pod, from) : undefined;
  return {
    allowed: egress?.allowed !== false && ingress?.allowed !== false,
    ...(egress && { egress }),
    ...(ingress && { ingress }),
  };
}

function evaluateDirection(connection: Connection): Verdict {
  return (
    evaluateTier('Admin', connection) ??
    (isOwnNode(connection) ? undefined : evaluateNetworkPolicies(connection)) ??
    evaluateTier('Baseline', connection) ?? { allowed: true, by: [`default ${connection.direction}`] }
  );
}

/** "Traffic to and from the node where a Pod is running is always allowed" is about NetworkPolicy. */
function isOwnNode({ subject, peer }: Connection): boolean {
  return peer.node === subject.node;
}

/** 'egress denied by …, ingress allowed by …'. */
export function evaluationText({ egress, ingress }: Evaluation): string {
  const parts = Object.entries({ egress, ingress }).flatMap(([direction, verdict]) =>
    verdict === undefined
      ? []
      : [`${direction} ${verdict.allowed ? 'allowed' : 'denied'} by ${verdict.by.join(' or ')}`],
  );
  return parts.length === 0 ? 'nobody is asked' : parts.join(', ');
}
