// What a packet is made of: an ordered list of layers, each a name and fields in the words of its RFC.
import type { Arp } from './arp.ts';
import type { Data } from './data.ts';
import type { Ethernet } from './ethernet.ts';
import type { Icmp } from './icmp.ts';
import type { Extension, Fragment } from './ipv6-extension.ts';
import type { Ipv4 } from './ipv4.ts';
import type { Ipv6 } from './ipv6.ts';
import type { NeighbourMessage } from './neighbour-message.ts';
import type { Sctp } from './sctp.ts';
import type { Tcp } from './tcp.ts';
import type { Udp } from './udp.ts';
import type { Vxlan } from './vxlan.ts';

export type Layer =
  | { readonly name: 'ethernet'; readonly fields: Ethernet }
  | { readonly name: 'arp'; readonly fields: Arp }
  | { readonly name: 'ipv4'; readonly fields: Ipv4 }
  | { readonly name: 'ipv6'; readonly fields: Ipv6 }
  | { readonly name: ExtensionName; readonly fields: Extension }
  | { readonly name: 'fragment'; readonly fields: Fragment }
  | { readonly name: 'udp'; readonly fields: Udp }
  | { readonly name: 'tcp'; readonly fields: Tcp }
  | { readonly name: 'sctp'; readonly fields: Sctp }
  | { readonly name: 'icmp' | 'icmpv6'; readonly fields: Icmp }
  | { readonly name: 'nd'; readonly fields: NeighbourMessage }
  | { readonly name: 'vxlan'; readonly fields: Vxlan }
  | { readonly name: 'data' | 'trailer'; readonly fields: Data };

export type LayerName = Layer['name'];
export type ExtensionName = 'hop-by-hop' | 'routing' | 'destination-options';

/** Of the IP header around a segment: 4 or 16 bytes each. */
export interface Addresses {
  readonly source: Buffer;
  readonly destination: Buffer;
}

/** What a layer may ask about its neighbours while it is encoded. */
export interface Surroundings {
  readonly outer?: Addresses | undefined;
  readonly next?: LayerName | undefined;
}

/** One layer read, and how to go on. */
export interface Decoded {
  readonly layer: Layer;
  readonly payload: Buffer;
  readonly next: LayerName;
  /** Set by IP headers, for the pseudo-header of what follows. */
  readonly outer?: Addresses;
  /** Bytes behind the length that the header claims: Ethernet padding. */
  readonly trailer?: Buffer;
}
