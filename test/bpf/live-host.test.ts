import '../support/bpf/own-netns.ts';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { DEVICE, FAMILIES, IPV4 } from '../support/bpf/cluster.ts';
import { ip } from '../support/bpf/devices.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { diffPackets } from '../support/packet/diff.ts';
import { bare } from '../support/packet/packet.ts';
import { intoTunnel, outOfTunnel } from './tables/tunnel.ts';

const PORT = 5353;
/** Chosen by the sending stack, or left for the network card to fill in. */
const ANYTHING = [
  'udp sourcePort',
  'ipv4 id',
  'udp 2 checksum',
  'ipv4 2 id',
  'ipv4 2 dontFragment',
  'ipv6 flowLabel',
];

const live = await openLive([
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
  { hook: 'overlay_rx', ifindex: DEVICE.overlay },
  { hook: 'overlay_tx', ifindex: DEVICE.overlay },
]);
t.teardown(() => live[Symbol.dispose]());
ip(
  FAMILIES.map(view => {
    const cidr = view.family === 'ipv4' ? '10.2.0.0/24' : 'fd00:2::/64';
    return `route add ${cidr} dev heddle0 src ${view.host}`;
  }),
);

/** Answers each datagram with the same bytes. */
async function echoServer(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => {
    socket.send(message, from.port, from.address);
  });
  socket.bind(PORT, address);
  await once(socket, 'listening');
  return socket;
}

for (const rpFilter of ['0', '1', '2']) {
  for (const view of FAMILIES) {
    t.test(`${view.family}: a remote pod asks this node and is answered, rp_filter ${rpFilter}`, async t => {
      writeFileSync('/proc/sys/net/ipv4/conf/all/rp_filter', rpFilter);
      const server = await echoServer(view.host);
      t.teardown(() => {
        server.close();
      });
      const question = outOfTunnel(bare().ip(view.remotePod, view.host).udp(4000, PORT, 'question'));
      const { verdicts, frames } = await live.send('wire', [question], 3, 1);
      t.same(verdicts, [
        'overlay_rx PASS_VALIDATED_EARLIER',
        'overlay_tx REDIRECT_OVERLAY',
        'uplink_rx REDIRECT_HOST',
      ]);
      const answer = bare().ip(view.host, view.remotePod).udp(PORT, 4000, 'question');
      const got = frames.find(({ ifindex }) => ifindex === FAR.wire)?.packet ?? Buffer.alloc(0);
      t.same(diffPackets(intoTunnel(IPV4.overlayNode, answer).bytes(), got, { ignore: ANYTHING }), []);
    });
  }
}
