// Interface of a source of cluster state: notifies of complete states, and publishes this node's pods.
import type { Addr } from 'ip';
import type { ClusterState, PodKey } from '../model/objects.ts';

/** `problems` are whole sentences about what is not honoured; `state` is whole without it. */
export type SourceListener = (state: ClusterState, problems: readonly string[]) => void;

export interface PublishedPod {
  /** Absent: the runtime did not say; the name alone decides then. */
  readonly uid?: string;
  readonly addresses: readonly Addr[];
}

/** One watch of a source, and how old its news may be. */
export interface WatchLiveness {
  /** What is watched, as its server names it: a resource, an etcd prefix, a directory. */
  readonly name: string;
  /** `performance.now()` when it was last proven that nothing older is missing; absent: not yet. */
  readonly confirmedAtMs?: number;
  /** For longer than its server ever is while all is well: the source is not healthy. */
  readonly isSilent: boolean;
}

export interface Source {
  /**
   * Resolves once the first complete state has been emitted; emits later ones as they come, until `stop`. Rejects with
   * `HeddleError`, without having emitted any, when the cluster's state cannot be determined.
   */
  start(listener: SourceListener): Promise<void>;
  /** Nothing is emitted after it resolves. */
  stop(): Promise<void>;
  /**
   * Publishes the addresses of this node's pods: exactly these, whatever was published before. A failure is reported
   * among the problems, and retried.
   */
  publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void>;
  /** Each watch with its proof of life; the silence of one is also a problem. */
  watches(): readonly WatchLiveness[];
}
