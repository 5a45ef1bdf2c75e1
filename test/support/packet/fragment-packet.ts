// Cuts a packet into IP fragments, as its sender or a router would.
import { dataLayer } from './data.ts';
import { encode } from './encode.ts';
import type { Layer } from './layer.ts';
import { protocolOf } from './numbers.ts';
import { packetOf, type Packet } from './packet.ts';

/** `size`: bytes of IP payload in each but the last, a multiple of 8. */
export function fragmentPacket(packet: Packet, size: number, id = 0x1234): readonly Packet[] {
  const at = packet.layers.findIndex(layer => layer.name === 'ipv4' || layer.name === 'ipv6');
  if (at < 0) throw new Error('only an IP packet can be cut into fragments');
  const outside = packet.layers.slice(0, at);
  const ip = packet.layers[at];
  const payload = encodeInside(packet.layers.slice(at));
  const next = packet.layers[at + 1]?.name;
  const count = Math.ceil(payload.length / size);
  return Array.from({ length: count }, (_, index) => {
    const position = { id, offset: index * size, more: index < count - 1 };
    const piece = dataLayer('data', payload.subarray(index * size, (index + 1) * size));
    return packetOf([...outside, ...fragmentHeaders(ip, protocolOf(next), position), piece]);
  });
}

interface Position {
  readonly id: number;
  readonly offset: number;
  readonly more: boolean;
}

function fragmentHeaders(ip: Layer | undefined, protocol: number, position: Position): Layer[] {
  const { id, offset, more } = position;
  if (ip?.name === 'ipv4') {
    const fragment = { id, fragmentOffset: offset, moreFragments: more, protocol };
    return [{ name: 'ipv4', fields: { ...ip.fields, ...fragment } }];
  }
  const header = ip === undefined ? [] : [ip];
  return [...header, { name: 'fragment', fields: { ...position, nextHeader: protocol } }];
}

/** The payload of the first layer, whose addresses its checksums need. */
function encodeInside(layers: readonly Layer[]): Buffer {
  const whole = encode(layers);
  const header = encode(layers.slice(0, 1));
  return whole.subarray(header.length);
}
