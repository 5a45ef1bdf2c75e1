// What the kernel sends into a pod's device by itself came in by no device, as what the node's processes send; without a
// socket it opens no flow of the node, whom policy never keeps from its pods.
import '../support/bpf/own-netns.ts';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { DEVICE } from '../support/bpf/cluster.ts';
import { ip } from '../support/bpf/devices.ts';
import { openLive } from '../support/bpf/live.ts';

const ADDRESS = '192.0.2.77';
const GROUP = '239.1.2.3';

const live = await openLive([{ hook: 'pod_rx', ifindex: DEVICE.pod }]);
t.teardown(() => live[Symbol.dispose]());

t.test("an IGMP report is no flow of the node's", async t => {
  ip([`address add ${ADDRESS}/32 dev hdpod`]);
  const socket = createSocket('udp4');
  socket.bind(0);
  await once(socket, 'listening');
  t.teardown(() => {
    socket.close();
  });
  const { verdicts } = await live.observe(() => {
    socket.addMembership(GROUP, ADDRESS);
  }, 1);
  t.ok(verdicts.length > 0, 'the kernel reports the membership at once');
  t.same(new Set(verdicts), new Set(['pod_rx PASS_POD']));
  t.same(live.tracked(), []);
});
