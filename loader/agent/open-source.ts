// Opens the configured source.
import type { Addr } from 'ip';
import type { Config } from '../config.ts';
import { lastGoodPath, type SourceKind } from '../config/source-kinds.ts';
import { EtcdSource } from '../sources/etcd/etcd-source.ts';
import type { FlannelSettings } from '../model/flannel-peers.ts';
import { FlannelNodes, FlannelSource } from '../sources/flannel/flannel-source.ts';
import { KubernetesSource } from '../sources/kubernetes/kubernetes-source.ts';
import type { OwnNode, Unready } from '../sources/kubernetes/own-node.ts';
import { ManifestsSource } from '../sources/manifests/manifests-source.ts';
import type { Source } from '../sources/source.ts';
import type { UnmetCondition } from '../api/dataplane-view.ts';
import { sentenceOf } from './conditions.ts';

export interface SourceEnvironment {
  /** What this node can be reached by, as its uplink has it now. */
  readonly addresses: () => readonly Addr[];
  /** Those that its overlay device has from before. */
  readonly heldAddresses: () => readonly Addr[];
  /** Whether ADD and DEL are served. */
  readonly ready: () => boolean;
  /** Conditions of readiness that do not hold. */
  readonly unmet: () => readonly UnmetCondition[];
  /** The source does not know this node, which was in it before. */
  readonly onForgotten: () => void;
  /** Called with the reason while the first state is missing. */
  readonly onDelay: (sentence: string) => void;
}

type Opener = (config: Config, environment: OpenEnvironment) => Source;

/** What the sources are opened with beside the configuration. */
interface OpenEnvironment extends SourceEnvironment {
  /** Of this node, whatever the source is. */
  readonly node: { readonly nodeName: string; readonly memory: string };
  readonly ownNode: () => OwnNode;
}

const OPENERS: Readonly<Record<SourceKind, Opener>> = {
  manifests: ({ source: { directory } }, { node }) => new ManifestsSource({ directory, ...node }),
  kubernetes: (config, { node, ready, unmet, ownNode, onDelay }) =>
    new KubernetesSource({
      services: config.services !== 'off',
      ...{ ...node, ready, unready: () => unreadyOf(unmet()), ownNode, onDelay },
      ...(config.source.kubeconfig !== '' && { kubeconfig: config.source.kubeconfig }),
    }),
  etcd: ({ source }, { node, addresses, heldAddresses, onForgotten, onDelay }) =>
    new EtcdSource({ ...source.etcd, ...node, addresses, heldAddresses, onForgotten, onDelay }),
};

/** The source is idle until `start` is called. */
export function openSource(config: Config, environment: SourceEnvironment): Source {
  const { nodeName, stateDir, source } = config;
  const memory = lastGoodPath(stateDir, source.kind);
  const flannel = new FlannelNodes(flannelSettings(config), config.flannel.nodes === 'off');
  const own = (): OwnNode => {
    const annotations = flannel.ownAnnotations;
    return { ...ownNode(config), ...(annotations && { annotations }) };
  };
  const opened = OPENERS[source.kind](config, {
    ...environment,
    node: { nodeName, memory },
    ownNode: own,
  });
  return new FlannelSource(opened, flannel);
}

function flannelSettings({ nodeName, flannel, tunnel }: Config): FlannelSettings {
  return { nodeName, prefix: flannel.annotationPrefix, tunnel };
}

/**
 * Discovered values, such as the address of the default route's device, are not published: the daemon reads these
 * annotations before it discovers anything, so it would keep a stale value after the machine has changed.
 */
export function ownNode({ uplink }: Pick<Config, 'uplink'>): OwnNode {
  return { tunnelAddresses: [], ...(uplink !== 'auto' && { uplink }) };
}

/** A condition of a Node has one reason: that of the first. */
function unreadyOf(unmet: readonly UnmetCondition[]): Unready | undefined {
  const [first] = unmet;
  if (first === undefined) return undefined;
  const reason = first.name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  return { reason, message: unmet.map(sentenceOf).join('; ') };
}
