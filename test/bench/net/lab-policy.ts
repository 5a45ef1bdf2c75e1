// One NetworkPolicy for every pod of a lab, active before anything is measured.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Lab } from '../../../lab/lab.ts';
import { POD_NAMESPACE, type NodePlan } from '../../../lab/plan.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import type { AdmittedPorts } from '../peers/calico.ts';

const POLL_MS = 100;
const PATIENCE_MS = 30_000;

/** Pods may reach pods on these ports, and nothing else. */
export async function applyPolicy(lab: Lab, { tcp, udp }: AdmittedPorts, signal: AbortSignal): Promise<void> {
  const ports = [
    { protocol: 'TCP', port: tcp },
    { protocol: 'UDP', port: udp },
  ];
  const peers = [{ podSelector: {} }];
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'one', namespace: POD_NAMESPACE },
    spec: {
      podSelector: {},
      policyTypes: ['Egress', 'Ingress'],
      egress: [{ to: peers, ports }],
      ingress: [{ from: peers, ports }],
    },
  };
  const before = lab.nodes.map(wordsOf);
  writeFileSync(join(lab.manifests, 'policy.yaml'), stringify(policy, { aliasDuplicateObjects: false }));
  const deadline = Date.now() + PATIENCE_MS;
  const isInForce = (node: NodePlan, i: number): boolean =>
    changed(before[i] ?? [], wordsOf(node)) >= lab.options.podsPerNode;
  while (!lab.nodes.every(isInForce)) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error('the policy did not come into force');
    await sleep(POLL_MS);
  }
}

/** By pod id: the active policies, egress and ingress. */
type Words = readonly (readonly [number, number])[];

function wordsOf(node: NodePlan): Words {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    const version = Number((maps.hd_control.get(0)?.[0]?.generation ?? 0n) & 1n);
    const words: [number, number][] = [];
    for (const [podId, { egress, ingress }] of maps.hd_pod.entries())
      words[podId] = [egress[version] ?? 0, ingress[version] ?? 0];
    return words;
  } finally {
    for (const name of MAP_NAMES) maps[name][Symbol.dispose]();
  }
}

/** How many pods have another policy in both directions. */
function changed(before: Words, now: Words): number {
  return now.filter(([egress, ingress], podId) => {
    const [oldEgress, oldIngress] = before[podId] ?? [0, 0];
    return egress !== oldEgress && ingress !== oldIngress;
  }).length;
}
