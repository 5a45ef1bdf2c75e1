// All that policy on this node depends on, put together; what is unchanged is the same object.
import type { Addr } from '../model/addr.ts';
import type { Attachment } from '../model/attachment.ts';
import { unknownNode } from '../model/tables-input.ts';
import { emptyCluster, type ClusterState } from '../model/objects.ts';
import { nodesInOrder, resolveNodes } from '../model/resolved-nodes.ts';
import type { PolicyInput } from '../policy/compiled.ts';
import { PolicySubjects } from './policy-subjects.ts';

export class PolicyWorld {
  readonly #nodeName: string;
  readonly #subjects = new PolicySubjects();
  #cluster = emptyCluster;
  /** Of this node's uplink. */
  #uplinkAddresses: readonly Addr[] = [];
  /** What the cluster's nodes have without others' claims. */
  #settled: Pick<PolicyInput, 'nodes' | 'nodeAddresses'> | undefined;

  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  get input(): PolicyInput {
    const { namespaces, policies } = this.#cluster;
    // Pods are told apart by policies alone: without any, tens of thousands need not be looked at.
    const pods = policies.size > 0 ? this.#cluster.pods : emptyCluster.pods;
    this.#settled ??= this.#settle();
    return {
      nodeName: this.#nodeName,
      ...this.#settled,
      namespaces,
      pods,
      policies,
      subjects: this.#subjects.subjects,
    };
  }

  get problems(): readonly string[] {
    return this.#subjects.problems;
  }

  setCluster(cluster: ClusterState): void {
    if (cluster.nodes !== this.#cluster.nodes) this.#settled = undefined;
    const arePodsOthers = cluster.pods !== this.#cluster.pods;
    this.#cluster = cluster;
    if (arePodsOthers) this.#subjects.refresh(cluster);
  }

  setUplinkAddresses(addresses: readonly Addr[]): void {
    if (addresses.join() === this.#uplinkAddresses.join()) return;
    this.#uplinkAddresses = addresses;
    this.#settled = undefined;
  }

  setAttachments(attachments: Iterable<Attachment>): void {
    this.#subjects.setAttachments(attachments, this.#cluster);
  }

  add(attachment: Attachment): void {
    this.#subjects.add(attachment, this.#cluster);
  }

  delete({ podSlot }: Attachment): void {
    this.#subjects.delete(podSlot);
  }

  #settle(): Pick<PolicyInput, 'nodes' | 'nodeAddresses'> {
    const { nodes } = this.#cluster;
    const own = nodes.get(this.#nodeName) ?? unknownNode(this.#nodeName);
    const settled = resolveNodes(nodesInOrder(nodes, own), this.#uplinkAddresses);
    const known = settled.nodes.filter(({ name }) => nodes.has(name));
    return { nodes: new Map(known.map(node => [node.name, node])), nodeAddresses: settled.owners };
  }
}
