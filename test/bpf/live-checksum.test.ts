// What the receiving NIC has verified of a tunnel packet is not what the pod's stack has to verify: GRO checks the outer
// checksum, or counts its absence as checked, and after decapsulation that must not pass for the inner one.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { DEVICE, FAMILIES, type View } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { bare, type Packet } from '../support/packet/packet.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const live = await openLive([{ hook: 'uplink_rx', ifindex: DEVICE.uplink }]);
t.teardown(() => live[Symbol.dispose]());
execFileSync('ethtool', ['-K', 'uplink', 'gro', 'on']);

const WRONG = 0x0bad;

function datagram(view: View, checksum: number | 'correct'): Packet {
  const options = checksum === 'correct' ? {} : { checksum };
  return bare().ip(view.remotePod, view.pod).udp(53, 4000, 'answer', options);
}

/** Of the frame that the pod gets. */
async function isVerified(packet: Packet): Promise<boolean | undefined> {
  const { frames } = await live.send('wire', [packet], 1, 1);
  return frames.find(({ ifindex }) => ifindex === FAR.pod)?.isVerified;
}

for (const view of FAMILIES) {
  for (const [outer, checksum] of [
    ['with an outer checksum', 'correct'],
    ['without an outer checksum', 0],
  ] as const) {
    t.test(`${view.family}: a wrong inner checksum, ${outer}, is left to the pod's stack`, async t => {
      t.equal(await isVerified(outOfTunnel(datagram(view, WRONG), { checksum })), false, 'is not verified');
    });
  }

  t.test(
    `${view.family}: an inner checksum that GRO has verified, too, need not be verified again`,
    async t => {
      const segment = bare().ip(view.remotePod, view.pod).tcp(80, 4000, { flags: 'ACK' }, 'answer');
      t.equal(await isVerified(outOfTunnel(segment, { checksum: 'correct' })), true, 'is verified');
    },
  );
}
