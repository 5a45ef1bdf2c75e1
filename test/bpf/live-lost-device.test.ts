// Fragments that the stack makes anew of a datagram which it has gathered: those of IPv6 do not know any more by which device it came
// in, as if the node had sent it. The stack does so wherever a device wants more room in front of a packet than there is.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { DEVICE, FAMILIES, IPV4, IPV6, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import { ip } from '../support/bpf/devices.ts';
import { openLive } from '../support/bpf/live.ts';
import { translate } from '../support/bpf/nat.ts';
import { ANY_PEER, deny, podWith } from '../support/bpf/policy-given.ts';

const SILENT = podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } });
const PORT = 53;
const FRAGMENTS = 3;
const DATAGRAM_BYTES = 3_000;

// Without the hook at FORWARD, as IPVS has it: there is no proof.
const live = await openLive(
  [
    { hook: 'pod_tx', ifindex: DEVICE.pod },
    { hook: 'pod_rx', ifindex: DEVICE.sibling },
    { hook: 'overlay_tx', ifindex: DEVICE.overlay },
    { hook: 'uplink_tx', ifindex: DEVICE.uplink },
  ],
  { closed: true },
);
t.teardown(() => live[Symbol.dispose]());

ip(FAMILIES.map(view => `route add ${view.remotePod} dev heddle0`));
translate(
  FAMILIES.flatMap(view =>
    (['sibling', 'remotePod'] as const).map(backend => ({
      ...{ view, to: service(view, backend), port: PORT, backend: view[backend], backendPort: PORT },
    })),
  ),
);
far(`ip link set pod address ${MAC.pod} mtu 1400
echo 0 > /proc/sys/net/ipv6/conf/pod/disable_ipv6
ip address add ${IPV4.pod}/32 dev pod
ip address add ${IPV6.pod}/128 dev pod nodad
ip neighbour replace ${IPV4.gateway} lladdr ${MAC.gateway} dev pod
ip neighbour replace ${IPV6.gateway} lladdr ${MAC.gateway} dev pod
ip route add default via ${IPV4.gateway} dev pod onlink
ip route add default via ${IPV6.gateway} dev pod`);
// A veth wants as much room as the other ports of its peer's bridge do.
far(`ip link add roomy type bridge
ip link add tunnel type vxlan id 9 dev wire2 dstport 9999 remote 192.0.2.200
for port in tunnel wire sibling; do ip link set $port master roomy; done`);

/** In the pod's namespace. */
function far(script: string): void {
  execFileSync('nsenter', [`--net=${live.farNetns}`, 'bash', '-e', '-c', script], { stdio: 'pipe' });
}

function service(view: View, backend: 'sibling' | 'remotePod'): string {
  const last = backend === 'sibling' ? '10' : '11';
  return view.family === 'ipv4' ? `203.0.113.${last}` : `2001:db8:f::${last}`;
}

const WAYS = [
  { to: 'outside', address: (view: View) => view.outside, hook: 'uplink_tx', passes: 'PASS_UNMANAGED' },
  {
    ...{ to: 'a pod of another node', address: (view: View) => service(view, 'remotePod') },
    ...{ hook: 'overlay_tx', passes: 'REDIRECT_OVERLAY' },
  },
  {
    ...{ to: 'a pod of this node', address: (view: View) => service(view, 'sibling') },
    ...{ hook: 'pod_rx', passes: 'PASS_POD' },
  },
] as const;

for (const view of FAMILIES)
  for (const { to, address, hook, passes } of WAYS) {
    const ask = (): void => far(`head -c ${DATAGRAM_BYTES} /dev/zero > /dev/udp/${address(view)}/${PORT}`);
    const asked = Array.from({ length: FRAGMENTS }, () => 'pod_tx PASS_HOST');
    const told = (verdicts: readonly string[]): string[] =>
      verdicts.filter(one => one.startsWith(`${hook} `) || one.startsWith('pod_tx PASS'));

    t.test(`${view.family}, to ${to}: what policy admits arrives`, async t => {
      live.fill({});
      const due = 2 * FRAGMENTS + (hook === 'overlay_tx' ? FRAGMENTS : 0);
      const { verdicts, frames } = await live.observe(ask, due, FRAGMENTS);
      const passed = Array.from({ length: FRAGMENTS }, () => `${hook} ${passes}`);
      t.same(told(verdicts), [...asked, ...passed].sort());
      t.equal(frames.length, FRAGMENTS);
    });

    t.test(`${view.family}, to ${to}: what it refuses does not`, async t => {
      live.fill(SILENT);
      const { verdicts, frames } = await live.observe(ask, FRAGMENTS + 1);
      t.same(told(verdicts), [`${hook} DROP_POLICY_EGRESS`, ...asked].sort());
      t.same(frames, []);
    });
  }
