// Which node or pod owns which address: claims from Node objects, Pod objects and this node's attachments.
import type { Addr } from 'ip';
import { isFinished, type NodeObject, type PodKey, type PodObject } from '../model/objects.ts';
import type { Addresses, Claim } from './addresses.ts';
import type { PodId, PolicyInput, PolicySubject } from './compiled.ts';
import { changedKeys } from '../collections/map-diff.ts';
import { nodeAddressesOf, type NodeOwners } from './node-owners.ts';
import type { PodCidrs } from './pod-cidrs.ts';
import type { PodGroup, PodGroups } from './pod-groups.ts';

interface GroupClaim extends Claim {
  readonly owner: PodGroup;
  readonly addresses: readonly Addr[];
}

export interface ClaimTargets {
  readonly addresses: Addresses;
  readonly groups: PodGroups;
  readonly nodes: NodeOwners;
  readonly podCidrs: PodCidrs;
}

export class AddressOwnership {
  readonly #to: ClaimTargets;
  readonly #pods = new Map<PodKey, GroupClaim>();
  readonly #subjects = new Map<PodId, GroupClaim>();

  constructor(targets: ClaimTargets) {
    this.#to = targets;
  }

  apply(before: PolicyInput, now: PolicyInput): void {
    for (const name of changedKeys(before.nodes, now.nodes))
      this.#setNode(name, now.nodeName, { before: before.nodes.get(name), now: now.nodes.get(name) });
    for (const addr of changedKeys(before.nodeAddresses, now.nodeAddresses))
      this.#setNodeAddress(addr, now.nodeName, {
        before: before.nodeAddresses.get(addr),
        now: now.nodeAddresses.get(addr),
      });
    for (const podId of changedKeys(before.subjects, now.subjects))
      this.#replace(this.#subjects, podId, this.#subjectClaim(podId, now.subjects.get(podId)));
    const moved = this.#to.podCidrs.update(now.nodes, now.nodeName);
    for (const key of [...changedKeys(before.pods, now.pods), ...podsOf(moved, before.pods, now.pods)])
      this.#replace(this.#pods, key, this.#podClaim(key, now.nodeName, now.pods.get(key)));
  }

  #setNode(
    name: string,
    own: string,
    { before, now }: { before: NodeObject | undefined; now: NodeObject | undefined },
  ): void {
    const owner = this.#to.nodes.get(name, own);
    const claim = { rank: 'node', name, owner } as const;
    if (now) for (const addr of nodeAddressesOf(now)) this.#to.addresses.claim(addr, claim);
    if (before) for (const addr of nodeAddressesOf(before)) this.#to.addresses.release(addr, claim);
    this.#to.nodes.setObject(owner, now);
  }

  #setNodeAddress(
    addr: Addr,
    own: string,
    { before, now }: { before: string | undefined; now: string | undefined },
  ): void {
    if (before !== undefined) this.#to.addresses.release(addr, { rank: 'owner', name: before });
    if (now === undefined) return;
    this.#to.addresses.claim(addr, { rank: 'owner', name: now, owner: this.#to.nodes.get(now, own) });
  }

  /** Adds the new claim before it removes the old one, so that a group with both in it survives. */
  #replace<K>(claims: Map<K, GroupClaim>, key: K, now: GroupClaim | undefined): void {
    const before = claims.get(key);
    if (before) for (const addr of before.addresses) this.#to.addresses.release(addr, before);
    if (now) for (const addr of now.addresses) this.#to.addresses.claim(addr, now);
    if (before) this.#to.groups.leave(before.owner);
    if (now) claims.set(key, now);
    else claims.delete(key);
  }

  #subjectClaim(podId: PodId, subject: PolicySubject | undefined): GroupClaim | undefined {
    if (subject === undefined) return undefined;
    const { namespace, labels, ports, addresses } = subject;
    const name = String(podId).padStart(10, '0');
    return { rank: 'subject', name, owner: this.#to.groups.join(namespace, labels, ports), addresses };
  }

  /** Host-network pods have their node's identity. Finished pods, and pods of a node without an object, own no address. */
  #podClaim(name: PodKey, own: string, pod: PodObject | undefined): GroupClaim | undefined {
    if (pod === undefined || pod.hostNetwork || isFinished(pod) || pod.addresses.length === 0)
      return undefined;
    const { nodeName, namespace, labels, ports } = pod;
    const isRemote = nodeName !== undefined && nodeName !== own && this.#to.podCidrs.isKnown(nodeName);
    const rank = isRemote ? 'remote-pod' : 'other-pod';
    const owner = this.#to.groups.join(namespace, labels, ports);
    return { rank, name, owner, pod, addresses: [...new Set(pod.addresses)] };
  }
}

/** Unchanged pods of those nodes. */
function* podsOf(
  nodes: ReadonlySet<string>,
  before: PolicyInput['pods'],
  now: PolicyInput['pods'],
): Generator<PodKey> {
  if (nodes.size === 0 || before.size === 0) return;
  for (const [key, pod] of now)
    if (pod.nodeName !== undefined && nodes.has(pod.nodeName) && before.get(key) === pod) yield key;
}
