// What leaves by the uplink and carries no entry of netfilter's, as a flow table sends it: with addresses and ports after NAT. What
// our own programs send carries their mark, and a pod cannot write that.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { openBench } from '../support/bpf/bench.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { DEVICE, FAMILIES, GENERATION, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import { contextBytes, hasWords } from '../support/bpf/context.ts';
import { openLive } from '../support/bpf/live.ts';
import { ANY_PEER, deny, podWith } from '../support/bpf/policy-given.ts';
import { eth, type Packet } from '../support/packet/packet.ts';
import { flow } from './tables/flow.ts';
import { fromPod } from './tables/pod.ts';
import { SENT } from './tables/uplink-tx.ts';

const ROUTER = { ipv4: '192.0.2.254', ipv6: '2001:db8::fe' } as const;
const NODE_PORT = 30_080;
const PORT = 8_080;
/** Of policy. */
const FORMER = GENERATION - 1;
const SILENT = podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } });
const CLOSED = podWith({
  ...{ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] }, ingress: { [ANY_PEER]: [deny(2)] } },
});

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
  { hook: 'forward', ifindex: 0 },
  { hook: 'uplink_tx', ifindex: DEVICE.uplink },
]);
t.teardown(() => live[Symbol.dispose]());

function nft(rules: string): void {
  execFileSync('nft', ['-f', '-'], { input: rules });
}

const nftFamily = (view: View): string => (view.family === 'ipv4' ? 'ip' : 'ip6');
nft(`table inet nat {
  chain out { type nat hook postrouting priority srcnat; oifname "uplink" masquerade; }
  chain in { type nat hook prerouting priority dstnat;
    ${FAMILIES.map(view => `${nftFamily(view)} daddr ${view.own} udp dport ${NODE_PORT} dnat ${nftFamily(view)} to ${view.family === 'ipv4' ? view.pod : `[${view.pod}]`}:${PORT}`).join('\n    ')}
  }
}`);

/** From now on the pod's packets leave translated, and past netfilter. */
function beginBypass(view: View, translation: string): () => void {
  const ip = nftFamily(view);
  const rule = `meta protocol ${ip} meta l4proto udp ${ip} saddr set ${view.own} ${translation} fwd ${ip} to ${ROUTER[view.family]} device "uplink"`;
  nft(`table netdev past { chain taken { type filter hook ingress device "hdpod" priority 0; ${rule}; }
}`);
  return () => nft('delete table netdev past');
}

for (const view of FAMILIES) {
  t.test(`${view.family}: a masqueraded flow goes on until policy refuses it`, async t => {
    live.fill({});
    const question = (): Packet => fromPod(view, view.outside).udp(4000, 53, 'question');
    const asked = await live.send('pod', [question()], 3, 1);
    t.same(asked.verdicts, ['forward PASS_UNMANAGED', 'pod_tx PASS_HOST', 'uplink_tx PASS_UNMANAGED']);
    const end = beginBypass(view, '');
    t.teardown(end);
    const past = await live.send('pod', [question()], 2, 1);
    t.same(past.verdicts, ['pod_tx PASS_HOST', 'uplink_tx PASS_UNMANAGED']);
    live.fill(SILENT);
    const { verdicts, frames } = await live.send('pod', [question()], 2);
    t.same(verdicts, ['pod_tx PASS_HOST', 'uplink_tx DROP_POLICY_EGRESS']);
    t.same(frames, []);
  });

  t.test(`${view.family}: what the outside has asked is answered, as its question is admitted`, async t => {
    live.fill(SILENT);
    const question = eth(MAC.router, MAC.uplink).ip(view.outside, view.own).udp(5000, NODE_PORT, 'question');
    const asked = await live.send('wire', [question], 2, 1);
    t.same(asked.verdicts, ['forward PASS_UNMANAGED', 'pod_rx PASS_POD']);
    const end = beginBypass(view, `udp sport set ${NODE_PORT}`);
    t.teardown(end);
    const answer = (): Packet => fromPod(view, view.outside).udp(PORT, 5000, 'answer');
    const past = await live.send('pod', [answer()], 2, 1);
    t.same(past.verdicts, ['pod_tx PASS_HOST', 'uplink_tx PASS_UNMANAGED']);
    live.fill(SILENT);
    const forgotten = await live.send('pod', [answer()], 2);
    t.same(
      forgotten.verdicts,
      ['pod_tx PASS_HOST', 'uplink_tx DROP_POLICY_EGRESS'],
      'of a flow that conntrack does not have, the pod is who asks',
    );
    live.fill({
      ...CLOSED,
      conntrack: [{ ...flow([view.outside, 5000], [view.pod, PORT]), generation: FORMER }],
    });
    const { verdicts } = await live.send('pod', [answer()], 2);
    t.same(verdicts, ['pod_tx PASS_HOST', 'uplink_tx DROP_POLICY_INGRESS']);
  });

  t.test(`${view.family}: what our own programs send is not asked again`, async t => {
    live.fill({});
    for (const [to, verdict] of [
      [view.directPod, 'REDIRECT_DIRECT'],
      [view.remotePod, 'REDIRECT_OVERLAY'],
    ] as const) {
      const { verdicts } = await live.send('pod', [fromPod(view, to).udp(4000, 53, 'question')], 2, 1);
      t.same(verdicts, [`pod_tx ${verdict}`, 'uplink_tx PASS_VALIDATED_EARLIER']);
    }
  });

  t.test(`${view.family}: the mark is written and removed by the hooks alone`, t => {
    using bench = openBench('pod_tx');
    bench.fill(CLUSTER);
    const context = { ifindex: DEVICE.pod, cb: SENT };
    const left = (to: string): boolean => {
      const data = fromPod(view, to).udp(4000, 53, 'question').bytes();
      const ran = bench.object
        .program('pod_tx')
        .testRun({ data, context: contextBytes('pod_tx', data, context) });
      return hasWords(ran.context, SENT);
    };
    t.notOk(left(view.outside), "a pod's own is removed where the stack forwards the packet");
    t.ok(left(view.directPod), 'sent out of the uplink, the packet has it');
    t.end();
  });
}
