import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { DEVICE, IPV4, MAC, VNI } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { decode } from '../support/packet/decode.ts';

const POD_VNI = 99;
/** Not the overlay's: on that one pods encapsulate to nobody. */
const POD_PORT = 8472;

const live = await openLive(
  [
    { hook: 'pod_tx', ifindex: DEVICE.pod },
    { hook: 'overlay_tx', ifindex: DEVICE.overlay },
  ],
  { closed: true },
);
t.teardown(() => live[Symbol.dispose]());

function inPod(...command: readonly string[]): void {
  execFileSync('nsenter', [`--net=${live.farNetns}`, ...command], { stdio: 'ignore' });
}

t.test("a pod's own VXLAN, which BPF cannot encapsulate again, goes out through the kernel's", async t => {
  inPod('ip', 'link', 'set', 'pod', 'address', MAC.pod);
  inPod('ip', 'address', 'add', `${IPV4.pod}/32`, 'dev', 'pod');
  inPod('ip', 'route', 'add', '169.254.1.1', 'dev', 'pod', 'scope', 'link');
  inPod('ip', 'route', 'add', 'default', 'via', '169.254.1.1', 'dev', 'pod');
  inPod('ip', 'neighbour', 'add', '169.254.1.1', 'lladdr', MAC.gateway, 'dev', 'pod');
  inPod(
    ...`ip link add vx type vxlan id ${POD_VNI} remote ${IPV4.remotePod} dstport ${POD_PORT} dev pod`.split(
      ' ',
    ),
  );
  inPod('ip', 'address', 'add', '172.31.0.1/24', 'dev', 'vx');
  inPod('ip', 'link', 'set', 'vx', 'up');
  inPod('ip', 'neighbour', 'add', '172.31.0.2', 'lladdr', MAC.stranger, 'dev', 'vx');
  // UDP, whose checksum is left to be filled in: only then does an skb remember that it is a tunnel's.
  const { verdicts, frames } = await live.observe(
    () => {
      inPod('bash', '-c', 'echo q > /dev/udp/172.31.0.2/53');
    },
    2,
    1,
  );
  t.same(verdicts, ['overlay_tx PASS_VALIDATED_EARLIER', 'pod_tx REDIRECT_KERNEL']);
  const layers = decode(frames.find(({ ifindex }) => ifindex === FAR.wire)?.packet ?? Buffer.alloc(0));
  t.match(
    layers.filter(({ name }) => name === 'ipv4' || name === 'vxlan' || name === 'data'),
    [
      { fields: { source: IPV4.own, destination: IPV4.overlayNode, dontFragment: false, ttl: 64 } },
      { fields: { vni: VNI } },
      { fields: { source: IPV4.pod, destination: IPV4.remotePod, ttl: 63 } },
      { name: 'data', fields: { bytes: /^0x08000000000063.*710a$/ } },
    ],
  );
});
