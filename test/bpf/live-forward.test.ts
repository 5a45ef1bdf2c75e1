import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';

// A qdisc on the pod's device sends its packets through the host's stack: the way of all that netfilter translates.
const SLOW = {
  ifaces: [{ ifindex: DEVICE.pod, mac: MAC.pod, podId: POD_ID.pod, flags: ['IFACE_SLOW_PATH'] }],
} as const;

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_tx', ifindex: DEVICE.sibling },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.sibling },
  { hook: 'forward', ifindex: 0 },
]);
t.teardown(() => live[Symbol.dispose]());

function fromSibling(view: View): Packet {
  return eth(MAC.sibling, MAC.gateway).ip(view.sibling, view.pod).udp(53, 4000, 'answer');
}

for (const view of FAMILIES) {
  t.test(
    `${view.family}: what the stack forwards is noted, and its answer comes back through the stack`,
    async t => {
      live.fill(SLOW);
      const question = await live.send('pod', [fromPod(view, view.sibling).udp(4000, 53, 'question')], 3, 1);
      t.same(question.verdicts, ['forward PASS_HOST_PATH', 'pod_rx PASS_POD', 'pod_tx PASS_SLOW_PATH']);
      t.same(
        question.frames.map(frame => frame.ifindex),
        [FAR.sibling],
      );

      const answer = await live.send('sibling', [fromSibling(view)], 3, 1);
      t.same(answer.verdicts, ['forward PASS_HOST_PATH', 'pod_rx PASS_POD', 'pod_tx PASS_HOST_PATH']);
      t.same(
        answer.frames.map(frame => frame.ifindex),
        [FAR.pod],
      );
    },
  );

  t.test(`${view.family}: without a flow before it, the same packet takes the short way`, async t => {
    live.fill({});
    const { verdicts, frames } = await live.send('sibling', [fromSibling(view)], 1, 1);
    t.same(verdicts, ['pod_tx REDIRECT_POD']);
    t.same(
      frames.map(frame => frame.ifindex),
      [FAR.pod],
    );
  });

  t.test(
    `${view.family}: a pod's source that comes in by another NIC gets no further than FORWARD`,
    async t => {
      live.fill({});
      const spoofed = eth(MAC.stranger, MAC.nic2).ip(view.sibling, view.pod).udp(53, 4000, 'spoofed');
      const { verdicts, frames } = await live.send('wire2', [spoofed], 1);
      t.same(verdicts, ['forward DROP_NATIVE_DEVICE']);
      t.same(frames, []);
    },
  );

  t.test(
    `${view.family}: an overlay pod's source that comes in plain gets no further than FORWARD`,
    async t => {
      live.fill({});
      const spoofed = eth(MAC.stranger, MAC.nic2).ip(view.remotePod, view.pod).udp(53, 4000, 'spoofed');
      const { verdicts, frames } = await live.send('wire2', [spoofed], 1);
      t.same(verdicts, ['forward DROP_NATIVE_SOURCE']);
      t.same(frames, []);
    },
  );

  t.test(`${view.family}: what expires is answered by the stack, as by any router`, async t => {
    live.fill({});
    const expired = fromPod(view, view.sibling, { ttl: 1 }).udp(4000, 33_434, 'traceroute');
    const { verdicts, frames } = await live.send('pod', [expired], 2, 1);
    t.same(verdicts, ['pod_rx PASS_POD', 'pod_tx PASS_TTL']);
    t.same(
      frames.map(frame => frame.ifindex),
      [FAR.pod],
      'time exceeded goes back to the pod',
    );
  });
}
