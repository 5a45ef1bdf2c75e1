// Who keeps what two claim: of two Nodes and of two Pods with one address. What loses is told, never the alphabet's choice.
import type { Addr } from './addr.ts';
import { cidrContains, type Cidr } from './cidr.ts';
import { podKey, type NodeObject, type PodObject } from './objects.ts';

/** In force, by the node's name: what `claimCidrs` has settled. */
export type PodCidrsOf = (node: string) => readonly Cidr[];

/**
 * Ready before not known before not ready, then who was announced later: an object that a machine left behind is not
 * heard of any more, and is older than that of the machine which has its address now. Names decide only between objects
 * that say nothing of this, so that every node decides alike.
 */
export function compareNodes(a: NodeObject, b: NodeObject): number {
  return (
    readiness(b) - readiness(a) || later(a.createdAtMs, b.createdAtMs) || compareCodeUnits(a.name, b.name)
  );
}

/**
 * The pod whose node's pod CIDR holds the address, then one that is not terminating, then the newer. Finished pods claim
 * nothing. Uids, which are random, and names decide only between objects that say nothing of this.
 */
export function comparePods(a: PodObject, b: PodObject, { addr, podCidrsOf }: PodContest): number {
  const isHeld = ({ nodeName }: PodObject): boolean =>
    nodeName !== undefined && podCidrsOf(nodeName).some(cidr => cidrContains(cidr, addr));
  return (
    Number(isHeld(b)) - Number(isHeld(a)) ||
    Number(a.isTerminating === true) - Number(b.isTerminating === true) ||
    later(a.createdAtMs, b.createdAtMs) ||
    compareCodeUnits(a.uid ?? '', b.uid ?? '') ||
    compareCodeUnits(podKey(a), podKey(b))
  );
}

export interface PodContest {
  readonly addr: Addr;
  readonly podCidrsOf: PodCidrsOf;
}

function readiness({ isReady }: NodeObject): number {
  return isReady === undefined ? 1 : isReady ? 2 : 0;
}

/** What has no time is older than what has. */
function later(a = 0, b = 0): number {
  return b - a;
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
