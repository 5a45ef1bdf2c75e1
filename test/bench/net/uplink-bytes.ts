// What a node has received by its uplink.
import { execIn } from '../../../lab/exec.ts';
import type { NodePlan } from '../../../lab/plan.ts';

interface Link {
  readonly stats64: { readonly rx: { readonly bytes: number } };
}

/** Since the device was made, with Ethernet headers. */
export async function bytesReceived({ netns }: NodePlan): Promise<number> {
  const { stdout } = await execIn(netns, ['ip', '-j', '-s', 'link', 'show', 'eth0']);
  const [link] = JSON.parse(stdout) as Link[];
  if (link === undefined) throw new Error(`${netns} has no uplink`);
  return link.stats64.rx.bytes;
}
