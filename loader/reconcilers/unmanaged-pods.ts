// Tells pods of this node that have no interface of Heddle's: made before it was installed, by another plugin, or left by a cleanup.
// To the kubelet they are well, and no policy holds for them.
import { podKey, type PodKey, type PodObject } from '../model/objects.ts';
import { unmanagedPods } from '../model/unmanaged-pods.ts';
import type { NodeContext } from './node-context.ts';

/** A sandbox that is made anew has no attachment for moments, and its pod's object the former address. */
const SETTLE_MS = 25_000;
/** All pods of the cluster are looked through. */
const SCAN_INTERVAL_MS = 20_000;
const MAX_NAMED = 5;

type Seen = Pick<NodeContext, 'config' | 'cluster' | 'attachments' | 'unfinished'>;

export class UnmanagedPods {
  readonly #now: () => number;
  #scannedMs = -Infinity;
  /** Since when, of those that the last scan found. */
  #sinceMs: ReadonlyMap<PodKey, number> = new Map();
  #problems: readonly string[] = [];

  /** `now`: milliseconds of a clock that is monotonic. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** One sentence for all of them. */
  problems({ config, cluster, attachments, unfinished }: Seen): readonly string[] {
    const nowMs = this.#now();
    if (nowMs - this.#scannedMs < SCAN_INTERVAL_MS) return this.#problems;
    this.#scannedMs = nowMs;
    const attached = new Set(
      [...attachments(), ...unfinished()].flatMap(({ pod }) => (pod === undefined ? [] : [podKey(pod)])),
    );
    const found = unmanagedPods(cluster(), config.nodeName, attached);
    this.#sinceMs = new Map(found.map(pod => [podKey(pod), this.#sinceMs.get(podKey(pod)) ?? nowMs]));
    this.#problems = sentences(
      found.filter(pod => nowMs - (this.#sinceMs.get(podKey(pod)) ?? nowMs) >= SETTLE_MS),
    );
    return this.#problems;
  }
}

function sentences(pods: readonly PodObject[]): readonly string[] {
  if (pods.length === 0) return [];
  const named = pods.slice(0, MAX_NAMED).map(pod => `${podKey(pod)} ${pod.addresses.join(' ')}`);
  const more = pods.length > MAX_NAMED ? ` and ${pods.length - MAX_NAMED} more` : '';
  return [
    `pods of this node run without an interface of Heddle, so no policy holds for them: ${named.join(', ')}${more}: ` +
      `another network plugin has made theirs, or 'heddlectl cleanup' removed it: delete these pods, and they are made anew`,
  ];
}
