// Datagrams that do not fit the uplink: the stack cuts them behind POST_ROUTING, and uplink_tx sees the pieces.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { DEVICE, IPV4, POD_ID } from '../support/bpf/cluster.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { ip } from '../support/bpf/devices.ts';
import { openLive } from '../support/bpf/live.ts';
import { ANY_PEER, deny, podWith } from '../support/bpf/policy-given.ts';
import { fragmentPacket } from '../support/packet/fragment-packet.ts';
import { eth, type Packet } from '../support/packet/packet.ts';
import { MAC } from '../support/bpf/cluster.ts';

const SILENT = podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } });
const UPLINK_MTU = 700;
/** One packet for the pod, two pieces for the uplink. */
const TEXT = 'question '.repeat(130);
const ID = 77;
const UNMANAGED = ['uplink_tx PASS_UNMANAGED', 'uplink_tx PASS_UNMANAGED'];

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'forward', ifindex: 0 },
  { hook: 'uplink_tx', ifindex: DEVICE.uplink },
]);
t.teardown(() => live[Symbol.dispose]());
ip([`link set uplink mtu ${UPLINK_MTU}`]);

const RULES = {
  'netfilter does not track': 'chain cut { type filter hook prerouting priority raw; notrack; }',
  'netfilter tracks': 'chain cut { type filter hook prerouting priority 0; ct state invalid drop; }',
  'netfilter masquerades':
    'chain cut { type nat hook postrouting priority srcnat; oifname "uplink" masquerade; }',
} as const;

function nft(rules: string): void {
  execFileSync('nft', ['-f', '-'], { input: rules });
}

let sourcePort = 4_000;

function question(to = IPV4.outside): Packet {
  return eth(MAC.pod, MAC.gateway).ipv4(IPV4.pod, to, { id: ID }).udp(++sourcePort, 53, TEXT);
}

for (const [what, rule] of Object.entries(RULES)) {
  t.test(`${what}: pieces of what policy admits leave`, async t => {
    nft(`table ip cut {\n${rule}\n}\n`);
    t.teardown(() => nft('delete table ip cut'));
    live.fill({});
    const whole = await live.send('pod', [question()], 4, 2);
    t.same(whole.verdicts, ['forward PASS_UNMANAGED', 'pod_tx PASS_HOST', ...UNMANAGED]);
    t.equal(whole.frames.length, 2);
  });

  t.test(`${what}: a change of policy refuses the next one's`, async t => {
    nft(`table ip cut {\n${rule}\n}\n`);
    t.teardown(() => nft('delete table ip cut'));
    live.fill(SILENT);
    const { verdicts, frames } = await live.send('pod', [question()], 2);
    t.same(verdicts, ['forward DROP_POLICY_EGRESS', 'pod_tx PASS_HOST']);
    t.same(frames, []);
  });
}

t.test(
  'of a later piece without ports nothing is noted: the next datagram of its number takes the short way',
  async t => {
    nft(`table ip cut {\n${RULES['netfilter tracks']}\n}\n`);
    t.teardown(() => nft('delete table ip cut'));
    const small = CLUSTER.routes.filter(({ prefix }) => prefix === '10.3.0.0/24');
    live.fill({ routes: small.map(route => ({ ...route, mtu: UPLINK_MTU })) });
    ip([`route add ${IPV4.directPod} via ${IPV4.directNode}`]);
    const cut = await live.send('pod', [question(IPV4.directPod)], 4, 2);
    t.same(cut.verdicts, ['forward PASS_HOST_PATH', 'pod_tx PASS_TOO_BIG', ...UNMANAGED]);
    const pieces = await live.send('pod', fragmentPacket(question(IPV4.directPod), 640, ID), 4, 2);
    t.same(
      pieces.verdicts.filter(verdict => verdict.startsWith('pod_tx')),
      ['pod_tx REDIRECT_DIRECT', 'pod_tx REDIRECT_DIRECT'],
    );
  },
);
