// One node's etcd source, in the test's own process, and what it emitted.
import { EtcdClient, prefixRange } from 'etcd';
import { parseAddr } from 'ip';
import { emptyCluster, type ClusterState } from '../../../loader/model/objects.ts';
import { EtcdSource, type EtcdSourceOptions } from '../../../loader/sources/etcd/etcd-source.ts';

export interface EtcdNode {
  readonly source: EtcdSource;
  state: ClusterState;
  problems: readonly string[];
  /** How often it emitted a state. */
  tellings: number;
  /** What it said before there was a first state. */
  readonly delays: string[];
}

interface Test {
  teardown(undo: () => unknown): void;
}

export const NO_ACCESS = {
  ...{ prefix: '/heddle', caFile: '', certFile: '', keyFile: '', username: '', passwordFile: '' },
  leaseSeconds: 5,
} as const;

/** Made, not started. */
export function etcdNode(
  t: Test,
  nodeName: string,
  options: Pick<EtcdSourceOptions, 'endpoints'> & Partial<EtcdSourceOptions>,
): EtcdNode {
  const delays: string[] = [];
  const source = new EtcdSource({
    ...NO_ACCESS,
    nodeName,
    addresses: () => [parseAddr('192.0.2.1')],
    heldAddresses: () => [],
    onDelay: sentence => delays.push(sentence),
    backoff: { firstMs: 50, maxMs: 500 },
    ...options,
  });
  t.teardown(() => source.stop());
  return { source, state: emptyCluster, problems: [], tellings: 0, delays };
}

export async function started(node: EtcdNode): Promise<EtcdNode> {
  await node.source.start((state, problems) => {
    node.state = state;
    node.problems = problems;
    node.tellings += 1;
  });
  return node;
}

/** A client of an etcd on loopback that asks nobody who he is. */
export function etcdClient(t: Test, ...endpoints: readonly string[]): EtcdClient {
  const etcd = new EtcdClient({ endpoints, credentials: () => ({}) });
  t.teardown(() => etcd.close());
  return etcd;
}

/** An operator's client, and the cluster's ranges as `heddlectl cluster init` writes them. */
export async function initCluster(
  t: Test,
  endpoint: string,
  podCIDRs: readonly object[] = [{ cidr: '10.244.0.0/16', nodePrefix: 24 }],
): Promise<EtcdClient> {
  const etcd = etcdClient(t, endpoint);
  await etcd.put('/heddle/cluster', JSON.stringify({ podCIDRs }));
  return etcd;
}

/** Names of the keys that begin so. */
export async function keysBelow(etcd: EtcdClient, prefix: string): Promise<readonly string[]> {
  const { entries } = await etcd.range(prefixRange(prefix));
  return entries.map(({ key }) => key);
}
