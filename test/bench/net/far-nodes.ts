// Nodes that a cluster has on paper only, put within reach: what is sent to them arrives at a node that is there.
import { setTimeout as sleep } from 'node:timers/promises';
import { ipIn } from '../../../lab/iproute.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { EndpointKind, NodeFlag } from '../../../loader/abi/abi.gen.ts';
import { MAP_NAMES, type MapSet } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { deviceIn } from './devices.ts';

/** Those of cluster-manifests.ts. */
const UNDERLAY = '172.16.0.0/12';
const POLL_MS = 200;
const PATIENCE_MS = 30_000;

/** As if they were neighbours of `node`, all of them behind the MAC of `stand`. Until its daemon knows. */
export async function joinFarNodes(node: NodePlan, stand: NodePlan, signal: AbortSignal): Promise<void> {
  const { mac } = deviceIn(stand.netns, 'eth0');
  ipIn(node.netns, [
    `route replace ${UNDERLAY} dev eth0 scope link`,
    ...nodesWithoutMac(node).map(addr => `neigh replace ${addr} lladdr ${mac} dev eth0 nud permanent`),
  ]);
  const deadline = Date.now() + PATIENCE_MS;
  while (nodesWithoutMac(node).length > 0) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`the daemon of ${node.name} did not learn its neighbours`);
    await sleep(POLL_MS);
  }
}

/** Of pods on other nodes than these two, in no order: as many as that, all different. */
export function farPods(node: NodePlan, near: readonly string[], count: number): readonly string[] {
  const addresses = inMaps(node, ({ hd_endpoint }) =>
    [...hd_endpoint.entries()]
      .filter(([, { kind }]) => kind === EndpointKind.REMOTE_POD)
      .map(([{ addr }]) => addr)
      .filter(addr => !near.includes(addr)),
  );
  if (addresses.length < count) throw new Error(`${node.name} knows only ${addresses.length} pods elsewhere`);
  return addresses.slice(0, count);
}

function nodesWithoutMac(node: NodePlan): readonly string[] {
  const enough = NodeFlag.MAC_KNOWN | NodeFlag.LOCAL;
  return inMaps(node, ({ hd_node }) =>
    [...hd_node.entries()].filter(([, { flags }]) => (flags & enough) === 0).map(([{ addr }]) => addr),
  );
}

function inMaps<T>({ pinRoot }: NodePlan, read: (maps: MapSet) => T): T {
  const maps = openPinnedMaps(pinRoot);
  try {
    return read(maps);
  } finally {
    for (const name of MAP_NAMES) maps[name][Symbol.dispose]();
  }
}
