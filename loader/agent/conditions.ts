// What "ready" means: a pod added now would work. One row for each condition; every place that reports readiness reads the
// outcome of `unmetConditions`, so none can differ from another.
import { type Cidr, familyOf } from 'ip';
import type { UnmetCondition } from '../api/dataplane-view.ts';
import { CLASH_CURE, clashReason, type UnderlayClash } from '../model/underlay-clash.ts';

/** What the conditions are evaluated from; gathered by evidence.ts. */
export interface Evidence {
  readonly nodeName: string;
  readonly source: {
    /** The source has given the whole cluster once. */
    readonly isKnown: boolean;
    /** Why it is not known, or not any more; a sentence. */
    readonly silence: string | undefined;
  };
  /** Undefined: this node has no Node object. */
  readonly podCidrs: readonly Cidr[] | undefined;
  /** Those of them that no other node owns, and that pods can have. */
  readonly effectiveCidrs: readonly Cidr[];
  /** Pod CIDRs of this node that overlap what its underlay uses. */
  readonly clashes: readonly UnderlayClash[];
  /** Pod CIDRs of a family in which no address is left. */
  readonly exhaustedCidrs: readonly Cidr[];
  /** Why a record cannot be written. */
  readonly stateDirectory: string | undefined;
  /** Why clients do not find the daemon. */
  readonly socket: string | undefined;
  /** Why the newest policy is not active. */
  readonly policy: string | undefined;
  /** A map without room for one more pod, and what to do. */
  readonly fullMap: { readonly map: string; readonly cure: string } | undefined;
  /** Reconcilers that a pod needs, and why they fail. */
  readonly failing: ReadonlyMap<string, string>;
  /** What the start still waits for; undefined: nothing. */
  readonly waiting: string | undefined;
}

/** What does not hold, and what to do about it. */
interface Finding {
  readonly reason: string;
  readonly cure?: string;
}

interface Condition {
  readonly name: string;
  /** Running pods suffer, too. */
  readonly limitsRunningPods: boolean;
  readonly check: (evidence: Evidence) => Finding | undefined;
}

const CONDITIONS: readonly Condition[] = [
  {
    name: 'source',
    limitsRunningPods: false,
    check: ({ source: { silence } }) => (silence === undefined ? undefined : { reason: silence }),
  },
  {
    name: 'pod-cidr',
    limitsRunningPods: false,
    check: checkPodCidr,
  },
  {
    name: 'addresses',
    limitsRunningPods: false,
    check: ({ exhaustedCidrs }) =>
      exhaustedCidrs.length === 0
        ? undefined
        : {
            reason: `no address is left in ${exhaustedCidrs.join(', ')}`,
            cure: 'delete pods, or give the node another pod CIDR',
          },
  },
  {
    name: 'state-directory',
    limitsRunningPods: false,
    check: ({ stateDirectory }) => (stateDirectory === undefined ? undefined : { reason: stateDirectory }),
  },
  {
    name: 'socket',
    limitsRunningPods: false,
    check: ({ socket }) =>
      socket === undefined
        ? undefined
        : {
            reason: `the socket cannot be made: ${socket}`,
            cure: 'make its directory writable, or set runDir',
          },
  },
  {
    name: 'policy',
    limitsRunningPods: true,
    check: ({ policy }) => (policy === undefined ? undefined : { reason: policy }),
  },
  {
    name: 'map-capacity',
    limitsRunningPods: false,
    check: ({ fullMap }) =>
      fullMap === undefined
        ? undefined
        : {
            reason: `${fullMap.map} has no room for another pod`,
            cure: fullMap.cure,
          },
  },
];

/** Reconcilers without which running pods go on as before. */
const FOR_NEW_PODS_ALONE = new Set(['cni-files', 'pods']);

/** Pure. Each condition that does not hold, in the order of the table; reconcilers after it. Empty: ready. */
export function unmetConditions(evidence: Evidence): readonly UnmetCondition[] {
  const unmet = CONDITIONS.flatMap(({ name, limitsRunningPods, check }) => {
    const finding = check(evidence);
    return finding === undefined ? [] : [{ name, limitsRunningPods, ...finding }];
  });
  const failing = [...evidence.failing].map(([name, reason]) => ({
    ...{ name, reason, limitsRunningPods: !FOR_NEW_PODS_ALONE.has(name) },
  }));
  const all = [...unmet, ...failing];
  if (all.length > 0 || evidence.waiting === undefined) return all;
  // By itself this is no cause: something above is what it waits for, or it takes another moment.
  const reason = `heddled has not finished starting: ${evidence.waiting}`;
  return [{ name: 'start', limitsRunningPods: false, reason }];
}

/** Names of all conditions, for metrics: those that hold as well. `reconcilers`: those that pods need. */
export function conditionNames(reconcilers: readonly string[]): readonly string[] {
  return [...CONDITIONS.map(({ name }) => name), ...reconcilers, 'start', 'evaluation'];
}

/** Reconcilers and the source log their own problems; that a start goes on is none. */
export function isLoggedElsewhere({ name }: UnmetCondition): boolean {
  if (name === 'evaluation') return false;
  return name === 'source' || !CONDITIONS.some(condition => condition.name === name);
}

/** The whole sentence. */
export function sentenceOf({ reason, cure }: UnmetCondition): string {
  return cure === undefined ? reason : `${reason}: ${cure}`;
}

function checkPodCidr({
  nodeName,
  source,
  podCidrs,
  effectiveCidrs,
  clashes,
}: Evidence): Finding | undefined {
  if (!source.isKnown) return undefined;
  if (podCidrs === undefined)
    return { reason: `there is no Node object of this node, ${nodeName}`, cure: 'make one, or set nodeName' };
  if (podCidrs.length === 0)
    return { reason: `node ${nodeName} has no pod CIDR yet`, cure: 'its Node object must name one' };
  const [clash] = clashes;
  if (clash !== undefined) return { reason: clashReason(nodeName, clash), cure: CLASH_CURE };
  // A pod gets an address of each family that the Node names.
  const isUsed = (cidr: Cidr): boolean => effectiveCidrs.some(used => familyOf(used) === familyOf(cidr));
  const unused = podCidrs.filter(cidr => !isUsed(cidr));
  if (unused.length === 0) return undefined;
  return {
    reason: `no pod CIDR of node ${nodeName} can be used: ${unused.join(', ')}`,
    cure: 'give its Node object one that is its own alone',
  };
}
