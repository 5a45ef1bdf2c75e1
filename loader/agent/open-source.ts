// The source that the configuration names.
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Addr } from '../model/addr.ts';
import { EtcdSource } from '../sources/etcd/etcd-source.ts';
import { KubernetesSource } from '../sources/kubernetes/kubernetes-source.ts';
import type { OwnNode } from '../sources/kubernetes/own-node.ts';
import { ManifestsSource } from '../sources/manifests/manifests-source.ts';
import type { Source } from '../sources/source.ts';

export interface SourceEnvironment {
  /** What this node can be reached by, as its uplink has it now. */
  readonly addresses: () => readonly Addr[];
  /** Whether pods of this node can get their network. */
  readonly ready: () => boolean;
  /** Why there is no first state yet. */
  readonly onDelay: (sentence: string) => void;
}

type SourceKind = Config['source']['kind'];

/** One for each value of `source.kind`: another one does not compile without its own. */
const OPENERS: Readonly<Record<SourceKind, (config: Config, environment: SourceEnvironment) => Source>> = {
  manifests: ({ nodeName, stateDir, source: { directory } }) =>
    new ManifestsSource({ directory, nodeName, memory: join(stateDir, 'manifests.json') }),
  kubernetes: (config, { ready, onDelay }) =>
    new KubernetesSource({
      ...{ nodeName: config.nodeName, ready, ownNode: () => ownNode(config), onDelay },
      ...(config.source.kubeconfig !== '' && { kubeconfig: config.source.kubeconfig }),
    }),
  etcd: ({ nodeName, source }, { addresses, onDelay }) =>
    new EtcdSource({ nodeName, ...source.etcd, addresses, onDelay }),
};

/** Has done nothing yet: `start` does. */
export function openSource(config: Config, environment: SourceEnvironment): Source {
  return OPENERS[config.source.kind](config, environment);
}

/**
 * What was found out, such as the address that the default route leaves by, is not told: the daemon itself reads these
 * annotations before it looks around, and would hold on to what it once found after the machine has changed.
 */
function ownNode({ uplink }: Config): OwnNode {
  return { tunnelAddresses: [], ...(uplink !== 'auto' && { uplink }) };
}
