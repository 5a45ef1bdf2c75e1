// map_bytes_per_endpoint: what 50,000 pods of 500 nodes add to the memory of all maps, as the kernel accounts for it.
import { readFileSync } from 'node:fs';
import { MAP_NAMES, type MapSet } from '../../../loader/abi/map-set.ts';
import { createNodeDevices, openPolicyNode } from '../../support/bpf/policy-node.ts';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { largeCluster, OWN_NODE, type Cluster } from '../policy/cluster.ts';
import { inputWithRules } from '../policy/input.ts';
import { plain } from '../results.ts';

const NAME = 'map_bytes_per_endpoint';
const MIB = 2 ** 20;

export const mapBytesPerEndpoint: Figure = { name: NAME, isAlone: true, measure };

function measure({ progress }: BenchContext): Promise<readonly Result[]> {
  createNodeDevices(OWN_NODE, 1);
  const cluster = largeCluster();
  progress('maps of a node by itself, and of one that knows 50,000 pods');
  const before = mapBytesWith(byItself(cluster));
  const after = mapBytesWith(cluster);
  const others = cluster.pods.size - byItself(cluster).pods.size;
  const fixed = `${(before / MIB).toFixed(0)} MiB more whatever there is`;
  const note = `all maps, routes and nodes included, 500 nodes; ${fixed}; without what the allocator rounds up`;
  return Promise.resolve([plain({ name: NAME, unit: 'bytes', note }, [(after - before) / others])]);
}

/** Its own pods and nothing else. */
function byItself(cluster: Cluster): Cluster {
  return {
    ...cluster,
    nodes: new Map([...cluster.nodes].filter(([name]) => name === OWN_NODE)),
    nodeAddresses: new Map([...cluster.nodeAddresses].filter(([, name]) => name === OWN_NODE)),
    pods: new Map([...cluster.pods].filter(([, { nodeName }]) => nodeName === OWN_NODE)),
  };
}

function mapBytesWith(cluster: Cluster): number {
  using opened = openPolicyNode(inputWithRules(cluster, 0));
  return mapBytes(opened.node.maps);
}

function mapBytes(maps: MapSet): number {
  return MAP_NAMES.reduce((sum, name) => sum + accountedFor(maps[name].fd.number), 0);
}

/** Bytes of one map, from /proc. */
function accountedFor(fd: number): number {
  const bytes = /^memlock:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
  if (bytes === undefined) throw new Error('the kernel does not report the memory of a map');
  return Number(bytes);
}
