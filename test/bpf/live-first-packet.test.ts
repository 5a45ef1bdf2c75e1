import '../support/bpf/own-netns.ts';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { DEVICE, FAMILIES, IPV4, MAC } from '../support/bpf/cluster.ts';
import { ip } from '../support/bpf/devices.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { diffPackets } from '../support/packet/diff.ts';
import { bare } from '../support/packet/packet.ts';
import { intoTunnel } from './tables/tunnel.ts';

const PORT = 5353;
const ARP = 0x0806;
/** Chosen by the sending stack, or left for the network card to fill in. */
const ANYTHING = [
  'udp sourcePort',
  'ipv4 id',
  'udp 2 checksum',
  'ipv4 2 id',
  'ipv4 2 dontFragment',
  'ipv6 flowLabel',
];

const live = await openLive([{ hook: 'overlay_tx', ifindex: DEVICE.overlay }]);
t.teardown(() => live[Symbol.dispose]());

for (const view of FAMILIES) {
  t.test(
    `${view.family}: the host's first packet to a node waits for its MAC and leaves with it`,
    async t => {
      const socket = createSocket(view.family === 'ipv4' ? 'udp4' : 'udp6');
      t.teardown(() => {
        socket.close();
      });
      ip([
        `route add ${view.remotePod} dev heddle0 src ${view.host}`,
        `neighbour del ${IPV4.overlayNode} dev uplink`,
      ]);
      socket.bind(PORT, view.host);
      await once(socket, 'listening');
      const asked = await live.observe(
        () => {
          socket.send('first', PORT, view.remotePod);
        },
        1,
        1,
      );
      t.same(asked.verdicts, ['overlay_tx REDIRECT_OVERLAY']);
      const etherTypes = asked.frames.map(({ packet }) => packet.readUInt16BE(12));
      t.same(etherTypes, [ARP], 'the packet waits');
      const answered = await live.observe(
        () => {
          ip([`neighbour replace ${IPV4.overlayNode} lladdr ${MAC.remoteUplink} dev uplink nud permanent`]);
        },
        0,
        1,
      );
      const got = answered.frames.find(({ ifindex }) => ifindex === FAR.wire)?.packet ?? Buffer.alloc(0);
      const sent = bare().ip(view.host, view.remotePod).udp(PORT, PORT, 'first');
      t.same(diffPackets(intoTunnel(IPV4.overlayNode, sent).bytes(), got, { ignore: ANYTHING }), []);
    },
  );
}
