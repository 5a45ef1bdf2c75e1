// Fragments of several senders: the ports of a first one are its sender's alone.
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { ANY_PEER, allow, deny, podWith } from '../../support/bpf/policy-given.ts';
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, eth } from '../../support/packet/packet.ts';

export const fragmentStories: Stories = { title: 'fragments', stories: FAMILIES.flatMap(storiesOf) };

function storiesOf(view: View): Story[] {
  const egress = { [ANY_PEER]: [allow(1, { protocol: IP_PROTOCOL.udp, port: 53 }), deny(2)] };
  const piece = (who: 'pod' | 'sibling', index: 0 | 1, verdict: string): Step => {
    const whole = bare().ip(view[who], view.remotePod).udp(4000, 53, 'x'.repeat(40));
    return {
      ...{ hook: 'pod_tx', context: { ifindex: DEVICE[who] }, verdict },
      sent: eth(MAC[who], MAC.gateway).with(fragmentPacket(whole, 32)[index] ?? whole),
    };
  };
  return [
    {
      name: `${view.family}: a later one has no ports of another pod's datagram of the same number`,
      given: podWith({ podId: POD_ID.pod, egress }),
      steps: [
        piece('sibling', 0, 'REDIRECT_OVERLAY'),
        piece('pod', 1, 'PASS_FRAGMENT'),
        piece('pod', 0, 'PASS_FRAGMENT'),
        piece('pod', 1, 'PASS_FRAGMENT'),
        piece('sibling', 1, 'REDIRECT_OVERLAY'),
      ],
    },
  ];
}
