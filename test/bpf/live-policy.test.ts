// Policy where only real frames can show it: the kernel's own decapsulation, the node's own sockets.
import '../support/bpf/own-netns.ts';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import type { Given } from '../support/bpf/given.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { ANY_PEER, IDENTITY, allow, deny, podWith } from '../support/bpf/policy-given.ts';
import { bare, eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const PORT = 5_353;

const live = await openLive(
  [
    { hook: 'pod_tx', ifindex: DEVICE.pod },
    { hook: 'pod_rx', ifindex: DEVICE.pod },
    { hook: 'overlay_rx', ifindex: DEVICE.overlay },
  ],
  { constants: { forward_hook: 0 } }, // none of netfilter's programs is attached
);
t.teardown(() => live[Symbol.dispose]());

const CLOSED = podWith({
  podId: POD_ID.pod,
  egress: { [ANY_PEER]: [deny(1)] },
  ingress: { [ANY_PEER]: [deny(2)] },
});

function admitting(direction: 'egress' | 'ingress'): Partial<Given> {
  const other = direction === 'egress' ? 'ingress' : 'egress';
  return podWith({
    podId: POD_ID.pod,
    [direction]: { [ANY_PEER]: [deny(1)], [IDENTITY.remotePod]: [allow(2)] },
    [other]: { [ANY_PEER]: [deny(3)] },
  });
}

/** By the NIC that has no program: the kernel's vxlan takes it. */
function byKernel(view: View, transport: (ip: Packet) => Packet): Packet {
  const [, ...rest] = outOfTunnel(transport(bare().ip(view.remotePod, view.pod))).layers;
  return eth(MAC.remoteUplink, MAC.nic2).with({ ...bare(), layers: rest });
}

async function socketOn(view: View): Promise<Socket> {
  const socket = createSocket(view.family === 'ipv4' ? 'udp4' : 'udp6');
  socket.bind(PORT, view.host);
  await once(socket, 'listening');
  return socket;
}

for (const view of FAMILIES) {
  const question = byKernel(view, ip => ip.udp(4000, 53, 'question'));
  const answer = byKernel(view, ip => ip.udp(53, 4000, 'answer'));

  t.test(`${view.family}: what the kernel decapsulated is refused to a pod that may not have it`, async t => {
    live.fill(admitting('egress'));
    const { verdicts, frames } = await live.send('wire2', [question], 1);
    t.same(verdicts, ['overlay_rx DROP_POLICY_INGRESS']);
    t.same(frames, []);
  });

  t.test(`${view.family}: and reaches one that may, which answers and asks nothing`, async t => {
    live.fill(admitting('ingress'));
    const asked = await live.send('wire2', [question], 1, 1);
    t.same(asked.verdicts, ['overlay_rx REDIRECT_POD']);
    const answered = await live.send('pod', [fromPod(view, view.remotePod).udp(53, 4000, 'answer')], 1, 1);
    t.same(answered.verdicts, ['pod_tx REDIRECT_OVERLAY']);
    const asking = await live.send('pod', [fromPod(view, view.remotePod).udp(53, 4001, 'question')], 1);
    t.same(asking.verdicts, ['pod_tx DROP_POLICY_EGRESS']);
  });

  t.test(`${view.family}: an answer comes in that way, where the question went out by ours`, async t => {
    live.fill(admitting('egress'));
    await live.send('pod', [fromPod(view, view.remotePod).udp(4000, 53, 'question')], 1, 1);
    const { verdicts, frames } = await live.send('wire2', [answer], 1, 1);
    t.same(verdicts, ['overlay_rx REDIRECT_POD']);
    t.equal(frames[0]?.ifindex, FAR.pod);
  });

  t.test(
    `${view.family}: a process of the node reaches its own pod, and is answered, whatever policy says`,
    async t => {
      live.fill(CLOSED);
      const socket = await socketOn(view);
      t.teardown(() => {
        socket.close();
      });
      const asked = await live.observe(
        () => {
          socket.send('question', 53, view.pod);
        },
        1,
        1,
      );
      t.same(asked.verdicts, ['pod_rx PASS_POD']);
      t.equal(asked.frames[0]?.ifindex, FAR.pod);
      const heard = once(socket, 'message');
      const answered = await live.send('pod', [fromPod(view, view.host).udp(53, PORT, 'answer')], 1);
      t.same(answered.verdicts, ['pod_tx PASS_HOST']);
      t.equal(String((await heard)[0]), 'answer');
    },
  );

  t.test(`${view.family}: but the pod may not ask that process`, async t => {
    live.fill(CLOSED);
    const { verdicts } = await live.send('pod', [fromPod(view, view.host).udp(54, PORT, 'question')], 1);
    t.same(verdicts, ['pod_tx DROP_POLICY_EGRESS']);
  });

  t.test(`${view.family}: a closed port of the node says so, whatever policy says of it`, async t => {
    live.fill(
      podWith({
        podId: POD_ID.pod,
        egress: { [ANY_PEER]: [deny(1)], [IDENTITY.host]: [allow(2)] },
        ingress: { [ANY_PEER]: [deny(3)] },
      }),
    );
    const { verdicts, frames } = await live.send(
      'pod',
      [fromPod(view, view.host).udp(4000, PORT + 1, 'question')],
      2,
      1,
    );
    t.same(verdicts, ['pod_rx PASS_POD', 'pod_tx PASS_HOST']);
    t.equal(frames[0]?.ifindex, FAR.pod, 'unreachable');
  });
}
