// Waits until every node's hd_endpoint has every pod, which each node reads from the shared manifests.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Addr, parseAddr } from 'ip';
import { openPinnedMaps } from '../loader/programs/pinned-maps.ts';
import type { Lab } from './lab.ts';
import { labLimits } from './limits.ts';
import type { NodePlan } from './plan.ts';

const POLL_MS = 10;

/** Resolves when each node's hd_endpoint has each pod's addresses; otherwise rejects with the first that is missing. */
export async function waitForKnownPods(lab: Lab, interrupted?: AbortSignal): Promise<void> {
  const deadline = performance.now() + labLimits().podsKnown;
  for (const node of lab.nodes) {
    for (;;) {
      interrupted?.throwIfAborted();
      const missing = unknownAddress(lab, node);
      if (missing === undefined) break;
      if (performance.now() > deadline) throw new Error(`node ${node.name} has no endpoint ${missing}`);
      await sleep(POLL_MS);
    }
  }
}

function unknownAddress({ pods }: Lab, node: NodePlan): string | undefined {
  const known = knownAddresses(node);
  return pods.flatMap(pod => pod.addresses).find(address => !known.has(parseAddr(address)));
}

/** Those in the node's hd_endpoint. */
export function knownAddresses(node: NodePlan): ReadonlySet<Addr> {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    return new Set([...maps.hd_endpoint.keys()].map(key => key.addr));
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}
