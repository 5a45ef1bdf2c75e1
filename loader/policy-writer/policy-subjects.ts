// This node's pods as the compiler needs them: labels from their objects, addresses from their attachments.
import type { Attachment } from '../model/attachment.ts';
import { hasUid, podKey, type ClusterState, type PodObject } from '../model/objects.ts';
import type { PodId, PolicySubject } from '../policy/compiled.ts';

/** The namespace of containers without a pod name. */
const DEFAULT_NAMESPACE = 'default';

interface Known {
  readonly attachment: Attachment;
  readonly object: PodObject | undefined;
  /** Absent: its labels are unknown. */
  readonly subject: PolicySubject | undefined;
}

export class PolicySubjects {
  readonly #known = new Map<PodId, Known>();
  #subjects: ReadonlyMap<PodId, PolicySubject> = new Map();

  /** The same object until something in it changes. */
  get subjects(): ReadonlyMap<PodId, PolicySubject> {
    return this.#subjects;
  }

  /** One sentence for each pod whose labels are unknown. */
  get problems(): readonly string[] {
    return [...this.#known.values()].flatMap(({ attachment: { pod }, subject }) =>
      subject !== undefined || pod === undefined
        ? []
        : [`pod ${pod.namespace}/${pod.name} has no Pod object: nothing passes until its runtime deletes it`],
    );
  }

  /** Exactly these. */
  setAttachments(attachments: Iterable<Attachment>, { pods }: Pick<ClusterState, 'pods'>): void {
    const gone = new Set(this.#known.keys());
    let isChanged = false;
    for (const attachment of attachments) {
      gone.delete(attachment.podId);
      isChanged = this.#note(attachment, pods) || isChanged;
    }
    for (const podId of gone) this.#known.delete(podId);
    if (isChanged || gone.size > 0) this.#publish();
  }

  /** One more. */
  add(attachment: Attachment, { pods }: Pick<ClusterState, 'pods'>): void {
    if (this.#note(attachment, pods)) this.#publish();
  }

  delete(podId: PodId): void {
    if (this.#known.delete(podId)) this.#publish();
  }

  /** Reads the objects again. */
  refresh({ pods }: Pick<ClusterState, 'pods'>): void {
    this.setAttachments(
      [...this.#known.values()].map(({ attachment }) => attachment),
      { pods },
    );
  }

  #note(attachment: Attachment, pods: ClusterState['pods']): boolean {
    const known = this.#known.get(attachment.podId);
    const object = objectOf(attachment, pods);
    const isSamePod = known?.attachment.addresses === attachment.addresses;
    if (isSamePod && known.object === object) return false;
    // A terminating pod keeps its last labels.
    const last = isSamePod ? known.subject : undefined;
    const subject =
      last !== undefined && object === undefined && attachment.pod !== undefined
        ? last
        : subjectOf(attachment, object);
    this.#known.set(attachment.podId, { attachment, object, subject });
    return subject !== known?.subject;
  }

  #publish(): void {
    this.#subjects = new Map(
      [...this.#known].flatMap(([podId, { subject }]) =>
        subject === undefined ? [] : [[podId, subject] as const],
      ),
    );
  }
}

/** Matches the UID: a successor of the same name has labels of its own. */
function objectOf({ pod }: Attachment, pods: ClusterState['pods']): PodObject | undefined {
  const object = pod && pods.get(podKey(pod));
  return object !== undefined && hasUid(object, pod?.uid) ? object : undefined;
}

function subjectOf(attachment: Attachment, object: PodObject | undefined): PolicySubject | undefined {
  const { pod, addresses, netns } = attachment;
  // A pod from CNI had an object: its deletion must not exempt the pod from its policies.
  if (pod !== undefined && object === undefined && netns !== undefined) return undefined;
  return {
    namespace: pod?.namespace ?? DEFAULT_NAMESPACE,
    labels: object?.labels ?? {},
    addresses,
    ports: object?.ports ?? [],
  };
}
