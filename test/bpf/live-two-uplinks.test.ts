// A node with two uplinks: packets leave by the one that their route names, and none of them is a pod's device.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, IPV4, IPV6, MAC } from '../support/bpf/cluster.ts';
import { ip } from '../support/bpf/devices.ts';
import type { Given } from '../support/bpf/given.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { macText } from '../support/packet/address.ts';
import { eth } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
  { hook: 'uplink_rx', ifindex: DEVICE.nic2 },
  { hook: 'input', ifindex: 0 },
]);
t.teardown(() => live[Symbol.dispose]());
ip([
  ...[IPV4.overlayNode, IPV4.directNode, IPV6.directNode].map(
    address => `neighbour replace ${address} lladdr ${MAC.router} dev nic2 nud permanent`,
  ),
]);

/** Every route leads by the second. */
const BY_SECOND: Partial<Given> = {
  ifaces: [{ ifindex: DEVICE.nic2, kind: 'IFACE_UPLINK' }],
  routes: CLUSTER.routes.map(route => ({ ...route, ifindex: DEVICE.nic2 })),
};

for (const view of FAMILIES) {
  for (const [how, pod] of [
    ['in a tunnel', view.remotePod],
    ['plain', view.directPod],
  ] as const)
    t.test(`${view.family}: ${how}, by the second uplink`, async t => {
      live.fill(BY_SECOND);
      const { frames } = await live.send('pod', [fromPod(view, pod).udp(4000, 53, 'q')], 1, 1);
      t.same(
        frames.map(({ ifindex, packet }) => [ifindex, macText(packet.subarray(0, 6))]),
        [[FAR.wire2, MAC.router]],
      );
    });

  t.test(`${view.family}: what a direct route's node sends is taken in by either`, async t => {
    live.fill(BY_SECOND);
    for (const [wire, mac] of [
      ['wire', MAC.uplink],
      ['wire2', MAC.nic2],
    ] as const) {
      const sent = eth(MAC.directUplink, mac).ip(view.directPod, view.pod).udp(53, 4000, 'a');
      const { verdicts, frames } = await live.send(wire, [sent], 1, 1);
      t.same(verdicts, ['uplink_rx REDIRECT_POD'], wire);
      t.same(
        frames.map(({ ifindex }) => ifindex),
        [FAR.pod],
      );
    }
  });

  t.test(
    `${view.family}: a pod's source that comes in by the second uplink is uplink_rx's to drop`,
    async t => {
      live.fill(BY_SECOND);
      const forged = eth(MAC.stranger, MAC.nic2).ip(view.pod, view.own).udp(4000, 53, 'forged');
      const { verdicts } = await live.send('wire2', [forged], 1);
      t.same(verdicts, ['uplink_rx DROP_NATIVE_SOURCE']);
    },
  );
}
