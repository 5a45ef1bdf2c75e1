// From bytes to layers, as far as they can be read; the rest is data.
import { decodeArp } from './arp.ts';
import { dataLayer } from './data.ts';
import { decodeEthernet } from './ethernet.ts';
import { decodeIcmp } from './icmp.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import { decodeExtension, decodeFragment } from './ipv6-extension.ts';
import type { Addresses, Decoded, Layer, LayerName } from './layer.ts';
import { decodeNeighbourMessage } from './neighbour-message.ts';
import { decodeSctp } from './sctp.ts';
import { decodeTcp } from './tcp.ts';
import { decodeUdp } from './udp.ts';
import { decodeVxlan } from './vxlan.ts';

/** `first` says what the bytes begin with: hooks of netfilter see packets without Ethernet. */
export function decode(packet: Uint8Array, first: LayerName = 'ethernet'): readonly Layer[] {
  const layers: Layer[] = [];
  const trailers: Layer[] = [];
  let bytes: Buffer = Buffer.from(packet);
  let name = first;
  let outer: Addresses | undefined;
  while (bytes.length > 0) {
    const decoded = decodeLayer(name, bytes, outer, layers.at(-1));
    if (decoded === undefined) {
      layers.push(dataLayer('data', bytes));
      break;
    }
    layers.push(decoded.layer);
    if (decoded.trailer?.length) trailers.unshift(dataLayer('trailer', decoded.trailer));
    ({ payload: bytes, next: name } = decoded);
    outer = decoded.outer ?? outer;
  }
  return [...layers, ...trailers];
}

function decodeLayer(
  name: LayerName,
  bytes: Buffer,
  outer: Addresses | undefined,
  before: Layer | undefined,
): Decoded | undefined {
  switch (name) {
    case 'ethernet':
      return decodeEthernet(bytes);
    case 'arp':
      return decodeArp(bytes);
    case 'ipv4':
      return decodeIpv4(bytes);
    case 'ipv6':
      return decodeIpv6(bytes);
    case 'hop-by-hop':
    case 'routing':
    case 'destination-options':
      return decodeExtension(name, bytes);
    case 'fragment':
      return decodeFragment(bytes);
    case 'udp':
      return decodeUdp(bytes, outer);
    case 'tcp':
      return decodeTcp(bytes, outer);
    case 'sctp':
      return decodeSctp(bytes);
    case 'icmp':
    case 'icmpv6':
      return decodeIcmp(name, bytes, outer);
    case 'nd':
      return before?.name === 'icmpv6' ? decodeNeighbourMessage(bytes, before.fields.type) : undefined;
    case 'vxlan':
      return decodeVxlan(bytes);
    case 'data':
    case 'trailer':
      return undefined;
  }
}
