// What the probe of swaps.test.ts is worth: it sees when the policies of one world are asked with the identities of another.
import '../../support/bpf/own-netns.ts';
import { startProber } from '../../support/policy-swaps/prober.ts';
import t from 'tap';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { openSwappedNode } from '../../support/policy-swaps/swap-policy.ts';
import { LOCAL_PODS } from '../../support/policy-swaps/worlds.ts';

const MIXED_MS = 300;

/** The shadow bank of every pod's policies becomes the active one; a second time undoes it. */
function exchangePodPolicies({ hd_pod }: MapSet): void {
  for (let podId = 1; podId <= LOCAL_PODS.length; podId++) {
    const policies = hd_pod.get(podId);
    if (policies === undefined) continue;
    const { egress, ingress, ownNode } = policies;
    hd_pod.set(podId, {
      egress: [...egress].reverse(),
      ingress: [...ingress].reverse(),
      ownNode: [...ownNode].reverse(),
    });
  }
}

t.test('a mixture of two worlds is seen', async t => {
  let mix = (): void => undefined;
  using swapped = await openSwappedNode(() => mix());
  using prober = await startProber(swapped.ids);
  const { maps } = swapped.node.node;
  mix = () => {
    exchangePodPolicies(maps);
    const end = performance.now() + MIXED_MS;
    while (performance.now() < end); // the plane stands still, the prober does not
    exchangePodPolicies(maps);
  };
  await swapped.swap(2);
  const { faults, talks } = await prober.stop();
  t.ok(faults.length > 0, 'verdicts that are of no world');
  t.ok((talks['in, never']?.allowed ?? 0) > 0, 'packets came through that neither world admits');
  t.ok((talks['in, always']?.denied ?? 0) > 0, 'packets were lost that both worlds admit');
  t.ok((talks['from outside, always']?.denied ?? 0) > 0, 'also by the identity of a prefix');
});
