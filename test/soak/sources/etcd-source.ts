// A real etcd of three members, which run here; objects are written as an operator's tool writes them.
import { EtcdClient, oneKey } from 'etcd';
import type { Lab } from '../../../lab/lab.ts';
import type { ObjectKind } from '../../../loader/model/kinds.ts';
import { keysBelow } from '../../../loader/sources/etcd/keys.ts';
import type { StoredObject } from '../../support/api-server/collections.ts';
import { startEtcdCluster, type EtcdMember } from '../../support/etcd.ts';
import { insist } from '../insist.ts';
import type { Teardown } from '../teardown.ts';
import { HERE } from '../world/reach-lab.ts';
import { etcdFaults } from './etcd-faults.ts';
import { halfOpen } from './half-open.ts';
import type { SoakSource } from './source.ts';

const MEMBERS = 3;
const LEASE_S = 5;
const PREFIX = '/heddle';

const keys = keysBelow(PREFIX);

/** What an operator has, and what he has written. */
export interface EtcdCluster {
  readonly lab: Lab;
  readonly members: readonly EtcdMember[];
  /** Through an outage, too. */
  put(key: string, value: string): Promise<void>;
  /** All of it again, the key last that makes it a cluster. */
  putAllAgain(): Promise<void>;
}

export async function openEtcdSource(teardown: Teardown, lab: Lab): Promise<SoakSource> {
  const members = await startEtcdCluster(teardown, MEMBERS, HERE);
  const endpoints = members.map(({ endpoint }) => endpoint);
  const client = new EtcdClient({ endpoints, credentials: () => ({}) });
  teardown.teardown(() => client.close());
  const written = new Map<string, string>();
  const put = async (key: string, value: string): Promise<void> => {
    written.set(key, value);
    await insist(`writing ${key}`, () => client.put(key, value));
  };
  const putAllAgain = async (): Promise<void> => {
    const [cluster, ...rest] = [...written];
    for (const [key, value] of [...rest, ...(cluster === undefined ? [] : [cluster])]) await put(key, value);
  };
  await put(keys.cluster, JSON.stringify({ podCIDRs: rangesOf(lab) }));
  return {
    name: 'etcd',
    settings: { kind: 'etcd', etcd: { endpoints: endpoints.join(','), leaseSeconds: LEASE_S } },
    faults: [...etcdFaults({ lab, members, put, putAllAgain }), halfOpen(lab)],
    put: object => put(keyOf(object), JSON.stringify(object)),
    remove: async object => {
      written.delete(keyOf(object));
      await insist(`deleting ${keyOf(object)}`, () => client.delete(oneKey(keyOf(object))));
    },
    announce: () => Promise.resolve(), // each daemon writes the addresses of its pods
  };
}

function keyOf({ kind, metadata }: StoredObject): string {
  return keys.object(kind as ObjectKind, metadata);
}

function rangesOf({ options }: Lab): readonly object[] {
  const ipv6 = { cidr: 'fd00:244::/48', nodePrefix: 64 };
  const ipv4 = { cidr: '10.244.0.0/16', nodePrefix: 24 };
  return { ipv4: [ipv4], ipv6: [ipv6], dual: [ipv4, ipv6] }[options.families];
}
