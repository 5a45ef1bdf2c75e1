// The next hop that a route gives is the one that is taken, whatever the kernel's routing table would say.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, IPV4, MAC } from '../support/bpf/cluster.ts';
import type { GivenRoute } from '../support/bpf/given.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { macText } from '../support/packet/address.ts';
import { fromPod } from './tables/pod.ts';

const live = await openLive([{ hook: 'pod_tx', ifindex: DEVICE.pod }]);
t.teardown(() => live[Symbol.dispose]());

/** The route to that pod goes by this node, which owns another. */
function by(nextHop: string, prefix: string): GivenRoute[] {
  return CLUSTER.routes.map(route => (route.prefix === prefix ? { ...route, nextHop } : route));
}

for (const view of FAMILIES) {
  const [overlay, direct] =
    view.family === 'ipv4' ? ['10.2.0.0/24', '10.3.0.0/24'] : ['fd00:2::/64', 'fd00:3::/64'];
  for (const [way, pod, prefix, hop, mac] of [
    ['in a tunnel', view.remotePod, overlay, IPV4.directNode, MAC.directUplink],
    ['plain', view.directPod, direct, view.overlayNode, MAC.remoteUplink],
  ] as const) {
    t.test(`${view.family}: ${way}, by another node than the one that the packet is sent to`, async t => {
      live.fill({ routes: by(hop, prefix) });
      const { frames } = await live.send('pod', [fromPod(view, pod).udp(4000, 53, 'q')], 1, 1);
      const frame = frames.find(({ ifindex }) => ifindex === FAR.wire);
      t.equal(frame === undefined ? undefined : macText(frame.packet.subarray(0, 6)), mac);
    });
  }
}
