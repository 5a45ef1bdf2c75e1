import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, IPV4, MAC, POD_ID } from '../support/bpf/cluster.ts';
import { openLive } from '../support/bpf/live.ts';
import { ANY_PEER, IDENTITY, allow, deny, podWith } from '../support/bpf/policy-given.ts';
import { bare, eth } from '../support/packet/packet.ts';
import { flow, type End } from './tables/flow.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const BURST = 64;

const live = await openLive([
  { hook: 'uplink_xdp', ifindex: DEVICE.uplink },
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
]);
t.teardown(() => live[Symbol.dispose]());

for (const view of FAMILIES) {
  const inner = bare().ip(view.remotePod, view.pod).udp(53, 4000, 'answer');

  t.test(`${view.family}: what XDP admits, uplink_rx delivers`, async t => {
    const { verdicts, frames } = await live.send('wire', [outOfTunnel(inner)], 2, 1);
    t.same(verdicts, ['uplink_rx REDIRECT_POD', 'uplink_xdp PASS_VALIDATED_TUNNEL']);
    t.equal(frames.length, 1, 'and the pod gets it');
  });

  t.test(`${view.family}: what XDP drops, nobody sees`, async t => {
    const spoofed = outOfTunnel(inner, { from: IPV4.stranger });
    const { verdicts, frames } = await live.send('wire', [spoofed], 1);
    t.same(verdicts, ['uplink_xdp DROP_TUNNEL_SOURCE']);
    t.same(frames, []);
  });

  t.test(`${view.family}: what is foreign passes both`, async t => {
    const foreign = eth(MAC.router, MAC.uplink).ip(view.outside, view.stranger).udp(1, 2);
    const { verdicts } = await live.send('wire', [foreign], 2);
    t.same(verdicts, ['uplink_rx PASS_UNMANAGED', 'uplink_xdp PASS_UNMANAGED']);
  });
}

for (const view of FAMILIES) {
  const everyPod = podWith({
    podId: POD_ID.pod,
    ingress: { [ANY_PEER]: [allow(1)], [IDENTITY.remotePod]: [deny(2, { flags: ['RULE_EVERY_POD'] })] },
  });
  const answer = outOfTunnel(bare().ip(view.remotePod, view.pod).udp(53, 4000, 'answer'));

  t.test(`${view.family}: what every pod refuses, XDP drops, and nobody sees`, async t => {
    live.fill(everyPod);
    const { verdicts, frames } = await live.send('wire', [answer], 1);
    t.same(verdicts, ['uplink_xdp DROP_POLICY_INGRESS']);
    t.same(frames, []);
  });

  t.test(`${view.family}: but not the answer to what a pod has asked`, async t => {
    const source: End = [view.pod, 4000];
    live.fill({ ...everyPod, conntrack: [flow(source, [view.remotePod, 53])] });
    const { verdicts, frames } = await live.send('wire', [answer], 2, 1);
    t.same(verdicts, ['uplink_rx REDIRECT_POD', 'uplink_xdp PASS_VALIDATED_TUNNEL']);
    t.equal(frames.length, 1);
  });
}

t.test('of a burst, each frame is counted once at each hook', async t => {
  live.fill({});
  const frames = Array.from({ length: BURST }, (_, index) =>
    outOfTunnel(
      bare()
        .ip(IPV4.remotePod, IPV4.pod)
        .udp(53, 4000 + index, 'answer'),
    ),
  );
  const { verdicts, frames: received } = await live.send('wire', frames, BURST * 2, BURST);
  const count = (name: string): number => verdicts.filter(verdict => verdict === name).length;
  t.equal(count('uplink_xdp PASS_VALIDATED_TUNNEL'), BURST);
  t.equal(count('uplink_rx REDIRECT_POD'), BURST);
  t.equal(verdicts.length, BURST * 2);
  t.equal(received.length, BURST);
});
