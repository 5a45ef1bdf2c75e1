// Tunnel packets that nobody's datapath has made: bytes of our own in a datagram of the host's.
import { mustExec } from './lab.ts';
import { eth, packetOf } from './packet/packet.ts';
import { VXLAN_PORT } from './packet/vxlan.ts';

export interface Forgery {
  /** Whoever sends: a namespace's path. */
  readonly netns: string;
  /** Underlay address of the node that it is sent to. */
  readonly remote: string;
  readonly vni: number;
  /** Inner addresses. */
  readonly from: string;
  readonly to: string;
}

const SENDER = `
const [host, port, hex] = process.argv.slice(1);
const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
socket.send(Buffer.from(hex, 'hex'), Number(port), host, () => socket.close());
`;

/** Sends one VXLAN packet with a UDP datagram inside. */
export async function sendForged({ netns, remote, vni, from, to }: Forgery): Promise<void> {
  const inner = eth('02:00:00:00:00:01', '02:00:00:00:00:02').ip(from, to).udp(4000, 7007, 'forged');
  await sendDatagram(netns, remote, packetOf([]).vxlan(vni, inner).bytes());
}

/** Sends one datagram to a node's VXLAN port. */
export async function sendDatagram(netns: string, remote: string, payload: Buffer): Promise<void> {
  const argv = [remote, String(VXLAN_PORT), payload.toString('hex')];
  await mustExec({ netns }, process.execPath, '-e', SENDER, ...argv);
}
