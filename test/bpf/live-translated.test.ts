// Netfilter's own translation under the real programs: policy sees who asks and who is meant, whatever the packet says.
import '../support/bpf/own-netns.ts';
import t, { type Test } from 'tap';
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { translate } from '../support/bpf/nat.ts';
import {
  ANY_PEER,
  IDENTITY,
  allow,
  deny,
  podWith,
  together,
  type PeerRowSpecs,
  type PodPolicy,
} from '../support/bpf/policy-given.ts';
import { diffPackets } from '../support/packet/diff.ts';
import { eth, type Packet } from '../support/packet/packet.ts';
import type { Given } from '../support/bpf/given.ts';
import { fromPod } from './tables/pod.ts';

const NODE_PORT = 30_080;
const SERVICE_PORT = 80;
const BACKEND_PORT = 8_080;
const UDP = 17;

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_tx', ifindex: DEVICE.sibling },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.sibling },
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
  { hook: 'forward', ifindex: 0 },
]);
t.teardown(() => live[Symbol.dispose]());
translate(
  FAMILIES.flatMap(view => [
    { view, to: view.own, port: NODE_PORT, backend: view.pod, backendPort: BACKEND_PORT, source: view.own },
    { view, to: service(view), port: SERVICE_PORT, backend: view.sibling, backendPort: BACKEND_PORT },
    {
      ...{ view, to: service(view), port: SERVICE_PORT, protocol: 'tcp' },
      ...{ backend: view.sibling, backendPort: BACKEND_PORT },
    },
  ]),
);

/** An address that nothing but netfilter knows. */
function service(view: View): string {
  return view.family === 'ipv4' ? '203.0.113.10' : '2001:db8:f::10';
}

/** UDP to the backend's port, from that one peer. */
function admitting(identity: number): PeerRowSpecs {
  const rules = [allow(2, { protocol: UDP, port: BACKEND_PORT }), deny(3)];
  return { [ANY_PEER]: [deny(1)], [identity]: rules };
}

function pods(...policies: PodPolicy[]): Partial<Given> {
  return together(...policies.map(podWith));
}

function frameAt(
  t: Test,
  frames: readonly { readonly ifindex: number; readonly packet: Buffer }[],
  at: number,
  want: Packet,
): void {
  const got = frames.find(({ ifindex }) => ifindex === at)?.packet ?? Buffer.alloc(0);
  t.same(diffPackets(want.bytes(), got), []);
}

for (const view of FAMILIES) {
  const fromOutside = (sourcePort: number): Packet =>
    eth(MAC.router, MAC.uplink).ip(view.outside, view.own).udp(sourcePort, NODE_PORT, 'question');
  const ownNode = { [IDENTITY.own]: [allow(9)] };

  t.test(
    `${view.family}: NodePort with masquerade is refused for its client, although the node is admitted`,
    async t => {
      live.fill(pods({ podId: POD_ID.pod, ingress: { [ANY_PEER]: [deny(1)], ...ownNode } }));
      const { verdicts, frames } = await live.send('wire', [fromOutside(4001)], 2);
      t.same(verdicts, ['forward DROP_POLICY_INGRESS', 'uplink_rx PASS_UNMANAGED']);
      t.same(frames, []);
    },
  );

  t.test(`${view.family}: and admitted for its client, there and back`, async t => {
    live.fill(
      pods({
        podId: POD_ID.pod,
        egress: { [ANY_PEER]: [deny(4)] },
        ingress: { ...admitting(IDENTITY.outside), ...ownNode },
      }),
    );
    const question = await live.send('wire', [fromOutside(4002)], 3, 1);
    t.same(question.verdicts, ['forward PASS_UNMANAGED', 'pod_rx PASS_POD', 'uplink_rx PASS_UNMANAGED']);
    frameAt(
      t,
      question.frames,
      FAR.pod,
      eth(MAC.gateway, MAC.pod).ip(view.own, view.pod, { ttl: 63 }).udp(4002, BACKEND_PORT, 'question'),
    );

    const answer = await live.send('pod', [fromPod(view, view.own).udp(BACKEND_PORT, 4002, 'answer')], 2, 1);
    t.same(answer.verdicts, ['forward PASS_UNMANAGED', 'pod_tx PASS_HOST']);
    frameAt(
      t,
      answer.frames,
      FAR.wire,
      eth(MAC.uplink, MAC.router).ip(view.own, view.outside, { ttl: 63 }).udp(NODE_PORT, 4002, 'answer'),
    );
  });

  const toService = (sourcePort: number): Packet =>
    fromPod(view, service(view)).udp(sourcePort, SERVICE_PORT, 'question');

  t.test(`${view.family}: a Service is evaluated by the backend that it leads to, at both ends`, async t => {
    live.fill(
      pods(
        { podId: POD_ID.pod, egress: admitting(IDENTITY.sibling) },
        { podId: POD_ID.sibling, ingress: admitting(IDENTITY.pod) },
      ),
    );
    const question = await live.send('pod', [toService(4003)], 3, 1);
    t.same(question.verdicts, ['forward PASS_HOST_PATH', 'pod_rx PASS_POD', 'pod_tx PASS_HOST']);
    frameAt(
      t,
      question.frames,
      FAR.sibling,
      eth(MAC.gateway, MAC.sibling)
        .ip(view.pod, view.sibling, { ttl: 63 })
        .udp(4003, BACKEND_PORT, 'question'),
    );

    const fromSibling = eth(MAC.sibling, MAC.gateway)
      .ip(view.sibling, view.pod)
      .udp(BACKEND_PORT, 4003, 'answer');
    const answer = await live.send('sibling', [fromSibling], 3, 1);
    t.same(answer.verdicts, ['forward PASS_HOST_PATH', 'pod_rx PASS_POD', 'pod_tx PASS_HOST_PATH']);
    frameAt(
      t,
      answer.frames,
      FAR.pod,
      eth(MAC.gateway, MAC.pod).ip(service(view), view.pod, { ttl: 63 }).udp(SERVICE_PORT, 4003, 'answer'),
    );
  });

  t.test(`${view.family}: a Service whose backend the pod may not reach`, async t => {
    live.fill(pods({ podId: POD_ID.pod, egress: admitting(IDENTITY.outside) }));
    const { verdicts, frames } = await live.send('pod', [toService(4004)], 2);
    t.same(verdicts, ['forward DROP_POLICY_EGRESS', 'pod_tx PASS_HOST']);
    t.same(frames, []);
  });

  t.test(`${view.family}: a Service whose backend lets nobody in`, async t => {
    live.fill(pods({ podId: POD_ID.sibling, ingress: { [ANY_PEER]: [deny(1)] } }));
    const { verdicts, frames } = await live.send('pod', [toService(4005)], 2);
    t.same(verdicts, ['forward DROP_POLICY_INGRESS', 'pod_tx PASS_HOST']);
    t.same(frames, []);
  });

  t.test(
    `${view.family}: from the port that a backend knows, its Service is asked by another port`,
    async t => {
      live.fill(pods());
      const opens = { flags: 'SYN' };
      const direct = fromPod(view, view.sibling).tcp(4006, BACKEND_PORT, opens);
      t.same((await live.send('pod', [direct], 1)).verdicts, ['pod_tx REDIRECT_POD']);
      const toService = fromPod(view, service(view)).tcp(4006, SERVICE_PORT, opens);
      const refused = await live.send('pod', [toService], 2);
      t.same(refused.verdicts, ['forward DROP_TUPLE_TAKEN', 'pod_tx PASS_HOST']);
      t.same(refused.frames, [], 'the tuple is of the first flow');
      const again = await live.send('pod', [toService], 3, 1);
      t.same(again.verdicts, ['forward PASS_HOST_PATH', 'pod_rx PASS_POD', 'pod_tx PASS_HOST']);
      const got = again.frames.find(({ ifindex }) => ifindex === FAR.sibling)?.packet ?? Buffer.alloc(0);
      const expected = eth(MAC.gateway, MAC.sibling).ip(view.pod, view.sibling, { ttl: 63 });
      const [difference, ...others] = diffPackets(expected.tcp(4006, BACKEND_PORT, opens).bytes(), got, {
        ignore: ['tcp checksum'],
      });
      t.match(difference, /^tcp sourcePort: want 4006, got \d+$/);
      t.same(others, []);
    },
  );
}
