// The compiler's input, put together from cluster, attachments and uplink; unchanged parts stay the same objects.
import type { Addr } from 'ip';
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
  /** Addresses of this node's uplink. */
  #uplinkAddresses: readonly Addr[] = [];
  /** The nodes after conflicting claims are resolved. */
  #resolved: Pick<PolicyInput, 'nodes' | 'nodeAddresses'> | undefined;

  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  get input(): PolicyInput {
    const { namespaces, policies } = this.#cluster;
    // Without policies all pods are alike: skips tens of thousands of pods.
    const pods = policies.size > 0 ? this.#cluster.pods : emptyCluster.pods;
    this.#resolved ??= this.#resolve();
    return {
      nodeName: this.#nodeName,
      ...this.#resolved,
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
    if (cluster.nodes !== this.#cluster.nodes) this.#resolved = undefined;
    const arePodsOthers = cluster.pods !== this.#cluster.pods;
    this.#cluster = cluster;
    if (arePodsOthers) this.#subjects.refresh(cluster);
  }

  setUplinkAddresses(addresses: readonly Addr[]): void {
    if (addresses.join() === this.#uplinkAddresses.join()) return;
    this.#uplinkAddresses = addresses;
    this.#resolved = undefined;
  }

  setAttachments(attachments: Iterable<Attachment>): void {
    this.#subjects.setAttachments(attachments, this.#cluster);
  }

  add(attachment: Attachment): void {
    this.#subjects.add(attachment, this.#cluster);
  }

  delete({ podId }: Attachment): void {
    this.#subjects.delete(podId);
  }

  #resolve(): Pick<PolicyInput, 'nodes' | 'nodeAddresses'> {
    const { nodes } = this.#cluster;
    const own = nodes.get(this.#nodeName) ?? unknownNode(this.#nodeName);
    const settled = resolveNodes(nodesInOrder(nodes, own), this.#uplinkAddresses);
    const known = settled.nodes.filter(({ name }) => nodes.has(name));
    return { nodes: new Map(known.map(node => [node.name, node])), nodeAddresses: settled.owners };
  }
}
