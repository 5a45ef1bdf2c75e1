// Many other nodes and their pods in a real etcd, beside the lab's own node.
import { putOperation, type EtcdClient, type Operation } from 'etcd';
import { keysBelow } from '../../../loader/sources/etcd/keys.ts';
import { clusterObjects, type ClusterSize } from './cluster-manifests.ts';

/** etcd's own limit of a transaction (--max-txn-ops) is 128. */
const AT_ONCE = 120;

export async function putCluster(etcd: EtcdClient, prefix: string, size: ClusterSize): Promise<void> {
  const keys = keysBelow(prefix);
  const ranges = { podCIDRs: [{ cidr: '10.244.0.0/16', nodePrefix: 24 }] };
  await etcd.put(keys.cluster, JSON.stringify(ranges));
  let puts: Operation[] = [];
  const flush = async (): Promise<void> => {
    await etcd.commit({ operations: puts });
    puts = [];
  };
  for (const object of clusterObjects(size)) {
    const { kind, metadata } = object;
    const key = keys.object(kind, metadata);
    puts.push(putOperation(key, JSON.stringify(object)));
    if (puts.length === AT_ONCE) await flush();
  }
  await flush();
}
