// Which pods the host can have routes to, and what is wrong with the others.
import type { Link } from 'rtnetlink';
import type { Attachment } from '../model/attachment.ts';
import type { LocalPod } from '../model/dataplane-input.ts';

export interface ReachablePods {
  /** Those whose device is up: the kernel takes no route over one that is down (ENETDOWN). */
  readonly reachable: readonly LocalPod[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** `links` as they are once ours have been brought up: one that is down then is its maker's to bring up. */
export function reachablePods(
  attachments: readonly Attachment[],
  found: readonly LocalPod[],
  links: readonly Link[],
): ReachablePods {
  const there = new Set(found.map(pod => pod.attachment.hostInterface));
  const down = new Set(links.filter(link => !link.up).map(link => link.index));
  return {
    reachable: found.filter(pod => !down.has(pod.ifindex)),
    problems: [
      ...attachments.filter(one => !there.has(one.hostInterface)).map(goneProblem),
      ...found.filter(pod => down.has(pod.ifindex)).map(downProblem),
    ],
  };
}

function goneProblem({ hostInterface, containerId }: Attachment): string {
  return `the interface ${hostInterface} of container ${containerId} is gone: its runtime should delete it`;
}

function downProblem({ attachment: { hostInterface, containerId } }: LocalPod): string {
  return `the interface ${hostInterface} of container ${containerId} is down, so that the pod is not reached: set it up (ip link set ${hostInterface} up)`;
}
