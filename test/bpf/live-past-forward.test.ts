// What netfilter or IPVS has translated and no forward hook has seen (IPVS takes packets from LOCAL_IN to LOCAL_OUT): it is evaluated
// where it leaves, and its answers come back through the stack, which alone can translate them back.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { translate } from '../support/bpf/nat.ts';
import { ANY_PEER, deny, podWith } from '../support/bpf/policy-given.ts';
import { diffPackets } from '../support/packet/diff.ts';
import { eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';

const SERVICE_PORT = 80;
const BACKEND_PORT = 8_080;

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_tx', ifindex: DEVICE.sibling },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.sibling },
]);
t.teardown(() => live[Symbol.dispose]());
translate(
  FAMILIES.map(view => ({
    ...{ view, to: service(view), port: SERVICE_PORT },
    ...{ backend: view.sibling, backendPort: BACKEND_PORT },
  })),
);

function service(view: View): string {
  return view.family === 'ipv4' ? '203.0.113.10' : '2001:db8:f::10';
}

for (const view of FAMILIES) {
  const question = (sourcePort: number): Packet =>
    fromPod(view, service(view)).udp(sourcePort, SERVICE_PORT, 'question');

  t.test(`${view.family}: the answers of what is admitted come back through the stack`, async t => {
    live.fill({});
    const asked = await live.send('pod', [question(4001)], 2, 1);
    t.same(asked.verdicts, ['pod_rx PASS_POD', 'pod_tx PASS_HOST']);

    const answer = eth(MAC.sibling, MAC.gateway).ip(view.sibling, view.pod).udp(BACKEND_PORT, 4001, 'answer');
    const { verdicts, frames } = await live.send('sibling', [answer], 2, 1);
    t.same(verdicts, ['pod_rx PASS_POD', 'pod_tx PASS_HOST_PATH']);
    const got = frames.find(({ ifindex }) => ifindex === FAR.pod)?.packet ?? Buffer.alloc(0);
    const want = eth(MAC.gateway, MAC.pod)
      .ip(service(view), view.pod, { ttl: 63 })
      .udp(SERVICE_PORT, 4001, 'answer');
    t.same(diffPackets(want.bytes(), got), []);
  });

  t.test(`${view.family}: the backend's ingress refuses`, async t => {
    live.fill(podWith({ podId: POD_ID.sibling, ingress: { [ANY_PEER]: [deny(1)] } }));
    const { verdicts, frames } = await live.send('pod', [question(4002)], 2);
    t.same(verdicts, ['pod_rx DROP_POLICY_INGRESS', 'pod_tx PASS_HOST']);
    t.same(frames, []);
  });

  t.test(`${view.family}: the client's egress refuses`, async t => {
    live.fill(podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } }));
    const { verdicts, frames } = await live.send('pod', [question(4003)], 2);
    t.same(verdicts, ['pod_rx DROP_POLICY_EGRESS', 'pod_tx PASS_HOST']);
    t.same(frames, []);
  });
}
