// An uplink without uplink_tx (new, refused by the kernel, detached by somebody): postrouting checks what leaves by it.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, POD_ID } from '../support/bpf/cluster.ts';
import type { Given } from '../support/bpf/given.ts';
import { openLive } from '../support/bpf/live.ts';
import { ANY_PEER, deny, podWith } from '../support/bpf/policy-given.ts';
import { fromPod } from './tables/pod.ts';

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'postrouting', ifindex: 0 },
]);
t.teardown(() => live[Symbol.dispose]());

const SILENT = podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } });

function uplinkWith(flags: readonly string[]): Partial<Given> {
  return { ifaces: [{ ifindex: DEVICE.uplink, kind: 'IFACE_UPLINK', flags }] };
}

for (const view of FAMILIES) {
  const sent = fromPod(view, view.outside).udp(4000, 53, 'question');

  t.test(`${view.family}: what no program checks at the uplink, postrouting does`, async t => {
    live.fill({ ...SILENT, ...uplinkWith([]) });
    const { verdicts, frames } = await live.send('pod', [sent], 2);
    t.same(verdicts, ['pod_tx PASS_HOST', 'postrouting DROP_POLICY_EGRESS']);
    t.same(frames, []);
  });

  t.test(`${view.family}: a guarded uplink is left to its own program`, async t => {
    live.fill({ ...SILENT, ...uplinkWith(['IFACE_GUARDED']) });
    const { verdicts } = await live.send('pod', [sent], 2, 1);
    t.same(verdicts, ['pod_tx PASS_HOST', 'postrouting PASS_UNMANAGED']);
  });
}
