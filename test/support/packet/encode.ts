// From layers to bytes: innermost first, so that lengths and sums are known when a header is written.
import { addressBytes } from './address.ts';
import { encodeArp } from './arp.ts';
import { encodeData } from './data.ts';
import { encodeEthernet } from './ethernet.ts';
import { encodeIcmp } from './icmp.ts';
import { encodeIpv4 } from './ipv4.ts';
import { encodeIpv6 } from './ipv6.ts';
import { encodeExtension, encodeFragment } from './ipv6-extension.ts';
import type { Addresses, Layer, Surroundings } from './layer.ts';
import { encodeNeighbourMessage } from './neighbour-message.ts';
import { encodeSctp } from './sctp.ts';
import { encodeTcp } from './tcp.ts';
import { encodeUdp } from './udp.ts';
import { encodeVxlan } from './vxlan.ts';

export function encode(layers: readonly Layer[]): Buffer {
  return layers.reduceRight((payload: Buffer, layer, index) => {
    const around = { next: layers[index + 1]?.name, outer: enclosing(layers.slice(0, index)) };
    return encodeLayer(layer, payload, around);
  }, Buffer.alloc(0));
}

/** The addresses of the nearest IP header outside. */
function enclosing(outside: readonly Layer[]): Addresses | undefined {
  const ip = outside.findLast(layer => layer.name === 'ipv4' || layer.name === 'ipv6');
  if (ip?.name !== 'ipv4' && ip?.name !== 'ipv6') return undefined;
  return { source: addressBytes(ip.fields.source), destination: addressBytes(ip.fields.destination) };
}

function encodeLayer(layer: Layer, payload: Buffer, around: Surroundings): Buffer {
  switch (layer.name) {
    case 'ethernet':
      return encodeEthernet(layer.fields, payload, around);
    case 'arp':
      return encodeArp(layer.fields, payload);
    case 'ipv4':
      return encodeIpv4(layer.fields, payload, around);
    case 'ipv6':
      return encodeIpv6(layer.fields, payload, around);
    case 'hop-by-hop':
    case 'routing':
    case 'destination-options':
      return encodeExtension(layer.fields, payload, around);
    case 'fragment':
      return encodeFragment(layer.fields, payload, around);
    case 'udp':
      return encodeUdp(layer.fields, payload, around);
    case 'tcp':
      return encodeTcp(layer.fields, payload, around);
    case 'sctp':
      return encodeSctp(layer.fields, payload);
    case 'icmp':
    case 'icmpv6':
      return encodeIcmp(layer.name, layer.fields, payload, around);
    case 'nd':
      return encodeNeighbourMessage(layer.fields, payload);
    case 'vxlan':
      return encodeVxlan(layer.fields, payload);
    case 'data':
    case 'trailer':
      return encodeData(layer.fields, payload);
  }
}
