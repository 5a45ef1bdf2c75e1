// Super-packets: encapsulated and decapsulated whole, and cut up as their sender meant them. GRO makes them of segments.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { DEVICE, FAMILIES, type View } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { bare, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const SEGMENT_BYTES = 1_300;
const SEGMENTS = 4;
const TCP_BYTES = 20;
/** Ethernet, and what stands in front of the inner IP header. */
const OUTER_BYTES = 14 + 50;
/** An IP packet of that many bytes leaves the outer headers no room. */
const MAX_BYTES = 65_520;
/** Devices are looked at no more often, and what is to be joined waits for the next look: much more than sending takes. */
const LOOK_NS = 1_000_000_000;

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'overlay_tx', ifindex: DEVICE.overlay },
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
]);
t.teardown(() => live[Symbol.dispose]());
for (const device of ['hdpod', 'uplink']) {
  execFileSync('ethtool', ['-K', device, 'gro', 'on']);
  const looks = `echo ${LOOK_NS} > gro_flush_timeout && echo 1000000 > napi_defer_hard_irqs`;
  // The sysfs of this network namespace, which is not the one that /sys shows.
  const script = `mount -t sysfs sysfs /sys && cd /sys/class/net/${device} && ${looks}`;
  execFileSync('unshare', ['--mount', 'sh', '-c', script]);
}

/** Parts of one connection, one after the other; the last one is pushed. */
function segments(ip: Packet, bytes: number): Packet[] {
  return Array.from({ length: Math.ceil(bytes / SEGMENT_BYTES) }, (_, index) => {
    const rest = bytes - index * SEGMENT_BYTES;
    const flags = rest <= SEGMENT_BYTES ? 'ACK PSH' : 'ACK';
    const numbers = { flags, sequence: 1 + index * SEGMENT_BYTES, acknowledgement: 1 };
    return ip.tcp(4000, 80, numbers, Buffer.alloc(Math.min(rest, SEGMENT_BYTES), 'x'));
  });
}

function headerBytes({ family }: View): number {
  return (family === 'ipv4' ? 20 : 40) + TCP_BYTES;
}

for (const view of FAMILIES) {
  const segmentBytes = headerBytes(view) + SEGMENT_BYTES;

  t.test(`${view.family}: a pod's super-packet leaves in the segments that it is made of`, async t => {
    const sent = segments(fromPod(view, view.remotePod), SEGMENTS * SEGMENT_BYTES);
    const { verdicts, frames } = await live.send('pod', sent, 1, SEGMENTS);
    t.same(verdicts, ['pod_tx REDIRECT_OVERLAY'], 'and was one packet before');
    t.same(
      frames.map(({ ifindex, packet }) => [ifindex, packet.length]),
      Array.from({ length: SEGMENTS }, () => [FAR.wire, OUTER_BYTES + segmentBytes]),
    );
  });

  t.test(
    `${view.family}: a tunnel's super-packet reaches the pod whole, its segments as they were`,
    async t => {
      const inner = segments(bare().ip(view.remotePod, view.pod), SEGMENTS * SEGMENT_BYTES);
      const sent = inner.map(segment => outOfTunnel(segment));
      const { verdicts, frames } = await live.send('wire', sent, 1, 1);
      t.same(verdicts, ['uplink_rx REDIRECT_POD']);
      const reached = frames.filter(({ ifindex }) => ifindex === FAR.pod); // the wire has the stack's own, too
      t.same(
        reached.map(({ gsoSize }) => gsoSize),
        [SEGMENT_BYTES],
      );
    },
  );

  t.test(
    `${view.family}: one without room for the outer headers goes through the kernel's vxlan`,
    async t => {
      const sent = segments(fromPod(view, view.remotePod), MAX_BYTES - headerBytes(view));
      const { verdicts, frames } = await live.send('pod', sent, 2, sent.length);
      t.same(verdicts, ['overlay_tx PASS_VALIDATED_EARLIER', 'pod_tx REDIRECT_KERNEL']);
      t.equal(frames.length, sent.length, 'all of it arrives');
      t.ok(frames.every(({ packet }) => packet.length <= OUTER_BYTES + segmentBytes));
    },
  );
}
