// The source that the configuration names.
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Addr } from '../model/addr.ts';
import { EtcdSource } from '../sources/etcd/etcd-source.ts';
import { KubernetesSource } from '../sources/kubernetes/kubernetes-source.ts';
import type { OwnNode } from '../sources/kubernetes/own-node.ts';
import { ManifestsSource } from '../sources/manifests.ts';
import type { Source } from '../sources/source.ts';

export interface SourceEnvironment {
  /** What this node can be reached by, as its uplink has it now. */
  readonly addresses: () => readonly Addr[];
  /** Whether pods of this node can get their network. */
  readonly ready: () => boolean;
  /** Why there is no first state yet. */
  readonly onDelay: (sentence: string) => void;
}

/** Has done nothing yet: `start` does. */
export function openSource(config: Config, { addresses, ready, onDelay }: SourceEnvironment): Source {
  const { nodeName, stateDir, source } = config;
  if (source.kind === 'etcd') return new EtcdSource({ nodeName, ...source.etcd, addresses, onDelay });
  if (source.kind === 'kubernetes')
    return new KubernetesSource({
      ...{ nodeName, ready, ownNode: () => ownNode(config), onWaiting: onDelay },
      ...(source.kubeconfig !== '' && { kubeconfig: source.kubeconfig }),
    });
  const { directory } = source;
  return new ManifestsSource({ directory, nodeName, memory: join(stateDir, 'manifests.json') });
}

/**
 * What was found out, such as the address that the default route leaves by, is not told: the daemon itself reads these
 * annotations before it looks around, and would hold on to what it once found after the machine has changed.
 */
function ownNode({ uplink }: Config): OwnNode {
  return { tunnelAddresses: [], ...(uplink !== 'auto' && { uplink }) };
}
