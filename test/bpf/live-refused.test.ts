// What a firewall of this node refuses in its stead, with a RST of its own making, is over for the pod that asked.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { DEVICE, FAMILIES } from '../support/bpf/cluster.ts';
import { openLive } from '../support/bpf/live.ts';
import { trackedLine } from './tables/flow.ts';
import { fromPod } from './tables/pod.ts';

const PORT = 9;
const REFUSAL = `table inet refusal {
  chain forward { type filter hook forward priority 0; tcp dport ${PORT} reject with tcp reset; }
}
`;

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
]);
t.teardown(() => live[Symbol.dispose]());
execFileSync('nft', ['-f', '-'], { input: REFUSAL });

for (const view of FAMILIES)
  t.test(`${view.family}: a connection that the node resets is tracked as reset`, async t => {
    live.fill({});
    const question = fromPod(view, view.outside).tcp(4000, PORT, { flags: 'SYN' });
    const { verdicts } = await live.send('pod', [question], 2, 1);
    t.same(verdicts, ['pod_rx PASS_POD', 'pod_tx PASS_HOST']);
    t.same(live.tracked(), [trackedLine([view.pod, 4000], [view.outside, PORT], 'RESET_RESPONDER')]);
  });
