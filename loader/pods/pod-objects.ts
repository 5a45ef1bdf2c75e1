// Waits for the Pod object of an ADD: the runtime may be faster than the source.
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../errors.ts';
import { hasUid, podKey, type ClusterState, type PodObject } from '../model/objects.ts';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
  /** Absent: the runtime did not pass it, and any Pod object of that name matches. */
  readonly uid?: string;
}

const POLL_MS = 10;

/**
 * An object with another uid is of an earlier pod of the same name: its labels must not be used.
 * Throws `POD_MISSING` when the object has not arrived in time.
 */
export async function waitForPod(
  pod: PodName,
  cluster: () => ClusterState,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PodObject> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = cluster().pods.get(podKey(pod));
    if (found !== undefined && hasUid(found, pod.uid)) return found;
    if (performance.now() >= deadline || signal.aborted) throw missing(pod, found);
    await sleep(POLL_MS);
  }
}

function missing(pod: PodName, other: PodObject | undefined): HeddleError {
  const why =
    other === undefined
      ? 'has not arrived yet'
      : `has uid ${other.uid ?? ''}, of an earlier pod, instead of ${pod.uid ?? ''}`;
  return new HeddleError('POD_MISSING', `the object of pod ${pod.namespace}/${pod.name} ${why}: try again`);
}
