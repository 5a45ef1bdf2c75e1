// What is put into another packet behind POST_ROUTING (a route's encapsulation, IPsec): uplink_tx sees a packet of the node, so
// postrouting checks what is inside.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import t from 'tap';
import { DEVICE, FAMILIES, POD_ID } from '../support/bpf/cluster.ts';
import { openLive } from '../support/bpf/live.ts';
import { objectPath } from '../support/bpf/object-path.ts';
import { ANY_PEER, deny, podWith } from '../support/bpf/policy-given.ts';
import { fromPod } from './tables/pod.ts';

const ROUTER = { ipv4: '192.0.2.254', ipv6: '2001:db8::fe' } as const;
const SILENT = podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } });

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'postrouting', ifindex: 0 },
  { hook: 'uplink_tx', ifindex: DEVICE.uplink },
]);
t.teardown(() => live[Symbol.dispose]());
for (const { family, outside } of FAMILIES) {
  const route = `route replace ${outside} encap bpf headroom 40 xmit obj ${objectPath('wrap')} section lwt_xmit`;
  execFileSync('ip', [...route.split(' '), 'via', ROUTER[family], 'dev', 'uplink'], { stdio: 'pipe' });
}

/** ip makes them for any object that it loads. */
for (const folder of ['ip', 'tc', 'xdp']) rmSync(`/sys/fs/bpf/${folder}`, { recursive: true, force: true });

for (const view of FAMILIES) {
  const sent = fromPod(view, view.outside).udp(4000, 53, 'question');

  t.test(`${view.family}: what policy admits leaves in it`, async t => {
    live.fill({});
    const { verdicts, frames } = await live.send('pod', [sent], 3, 1);
    t.same(verdicts, ['pod_tx PASS_HOST', 'postrouting PASS_UNMANAGED', 'uplink_tx PASS_UNMANAGED']);
    t.equal(frames.length, 1);
  });

  t.test(`${view.family}: what it refuses does not`, async t => {
    live.fill(SILENT);
    const { verdicts, frames } = await live.send('pod', [sent], 2);
    t.same(verdicts, ['pod_tx PASS_HOST', 'postrouting DROP_POLICY_EGRESS']);
    t.same(frames, []);
  });
}
