// A sign that a node's daemon has read all that was written before: a pod elsewhere, written last, is in its kernel.
import { parseAddr } from 'ip';
import { knownAddresses } from '../../lab/known-pods.ts';
import { POD_NAMESPACE, type LabPlan, type NodePlan } from '../../lab/plan.ts';
import { removeObject, writeObject } from './lab-policy.ts';
import { until } from './until.ts';

const NAME = 'written-last';
const HOST = 250;

/** Policy is active before the endpoints of the same reading are written. The lab needs another node. */
export async function manifestsRead(lab: LabPlan, node: NodePlan): Promise<void> {
  const elsewhere = lab.nodes.find(other => other.name !== node.name);
  if (elsewhere === undefined) throw new RangeError('a lab of one node has no pod elsewhere');
  const address = `10.244.${elsewhere.name.slice(1)}.${HOST}`;
  const isKnown = (): boolean => knownAddresses(node).has(parseAddr(address));
  writeObject(lab, NAME, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME, namespace: POD_NAMESPACE } },
    ...{ spec: { nodeName: elsewhere.name }, status: { podIPs: [{ ip: address }] } },
  });
  if (!(await until(isKnown))) throw new Error(`${node.name} did not read the manifests`);
  removeObject(lab, NAME);
  if (!(await until(() => !isKnown()))) throw new Error(`${node.name} did not read the manifests`);
}
