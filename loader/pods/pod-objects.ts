// Waits for the object of a pod that the runtime is already asking an interface for.
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../errors.ts';
import { podKey, type ClusterState, type PodObject } from '../model/objects.ts';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
  /** Absent: the runtime did not say; the name alone decides then. */
  readonly uid?: string;
}

const POLL_MS = 10;

/**
 * The pod's own object: one with another uid is a predecessor's of the same name, whose labels it must not get.
 * Throws `POD_MISSING` when it has not come in time.
 */
export async function waitForPod(
  pod: PodName,
  cluster: () => ClusterState,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PodObject> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = cluster().pods.get(podKey(pod));
    if (found !== undefined && isSame(found, pod)) return found;
    if (Date.now() >= deadline || signal.aborted) throw missing(pod, found);
    await sleep(POLL_MS);
  }
}

function isSame(found: PodObject, pod: PodName): boolean {
  return pod.uid === undefined || found.uid === undefined || found.uid === pod.uid;
}

function missing(pod: PodName, other: PodObject | undefined): HeddleError {
  const why =
    other === undefined
      ? 'has not been seen yet'
      : `has uid ${other.uid ?? ''}, a predecessor's, instead of ${pod.uid ?? ''}`;
  return new HeddleError('POD_MISSING', `the object of pod ${pod.namespace}/${pod.name} ${why}: try again`);
}
