// The source that the configuration names.
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Addr } from './model/addr.ts';
import { EtcdSource } from './sources/etcd/etcd-source.ts';
import { ManifestsSource } from './sources/manifests.ts';
import type { Source } from './sources/source.ts';

export interface SourceEnvironment {
  /** What this node can be reached by, as its uplink has it now. */
  readonly addresses: () => readonly Addr[];
  /** Why there is no first state yet. */
  readonly onDelay: (sentence: string) => void;
}

export function openSource(config: Config, environment: SourceEnvironment): Source {
  const { nodeName, stateDir, source } = config;
  if (source.kind === 'etcd') return new EtcdSource({ nodeName, ...source.etcd, ...environment });
  const { directory } = source;
  return new ManifestsSource({ directory, nodeName, memory: join(stateDir, 'manifests.json') });
}
