// IP addresses on links.
import { addressAttribute, Attributes, optional, s32Attribute, u32Attribute } from './attribute.ts';
import { type Family, familyOf, type Prefix } from 'ip';
import { FAMILY, familyOfNumber } from './address-family.ts';
import { FLAG, type Message, MESSAGE, type RequestSink } from './message.ts';
import type { RtnetlinkSocket } from './socket.ts';

/** struct ifaddrmsg: family, prefix length, flags, scope, link. */
const IFADDRMSG_BYTES = 8;
/** IFA_*, linux/if_addr.h */
const IFA = { address: 1, local: 2, flags: 8, targetNetnsId: 10 } as const;
const ADDRESS_FLAG = { noDad: 0x02, dadFailed: 0x08, tentative: 0x40, noPrefixRoute: 0x200 } as const;

/** RT_SCOPE_*: how far an address or a route is valid. */
export const SCOPE = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export type Scope = keyof typeof SCOPE;

export interface NewAddress extends Prefix {
  /** The link's index. */
  readonly index: number;
  /** IPv6: usable at once, without duplicate address detection. */
  readonly noDad?: boolean;
  /** Makes no route for the prefix. */
  readonly noPrefixRoute?: boolean;
  readonly scope?: Scope;
}

export interface InterfaceAddress extends Prefix {
  readonly index: number;
  readonly family: Family;
  readonly scope: Scope | undefined;
  readonly noDad: boolean;
  readonly noPrefixRoute: boolean;
  /** IPv6: duplicate address detection has not ended, or has found a duplicate. */
  readonly tentative: boolean;
  readonly duplicate: boolean;
}

export function addAddress(sink: RequestSink, address: NewAddress): void {
  sink.submit({
    type: MESSAGE.newAddress,
    flags: FLAG.create | FLAG.exclusive,
    body: addressBody(address),
    operation: 'add address',
    subject: describe(address),
  });
}

export function deleteAddress(sink: RequestSink, address: Prefix & { readonly index: number }): void {
  sink.submit({
    type: MESSAGE.deleteAddress,
    flags: 0,
    body: addressBody(address),
    operation: 'delete address',
    subject: describe(address),
  });
}

/** Addresses of one link, or of all; `netnsId`: in the namespace that the socket's own calls so. */
export function listAddresses(socket: RtnetlinkSocket, index = 0, netnsId?: number): InterfaceAddress[] {
  const header = Buffer.alloc(IFADDRMSG_BYTES);
  header.writeUInt32LE(index, 4);
  const target = optional(netnsId, number => s32Attribute(IFA.targetNetnsId, number));
  const request = { type: MESSAGE.getAddress, flags: 0, body: [header, ...target] };
  return socket
    .dump({
      ...request,
      operation: 'list addresses of',
      subject: index === 0 ? 'all links' : `link ${index}`,
    })
    .map(decodeAddress)
    .filter(address => address !== undefined);
}

function addressBody(address: NewAddress): Buffer[] {
  const header = Buffer.alloc(IFADDRMSG_BYTES);
  header.writeUInt8(FAMILY[familyOf(address.address)], 0);
  header.writeUInt8(address.prefixLength, 1);
  header.writeUInt8(SCOPE[address.scope ?? 'global'], 3);
  header.writeUInt32LE(address.index, 4);
  const flags =
    (address.noDad === true ? ADDRESS_FLAG.noDad : 0) |
    (address.noPrefixRoute === true ? ADDRESS_FLAG.noPrefixRoute : 0);
  return [
    header,
    addressAttribute(IFA.local, address.address),
    addressAttribute(IFA.address, address.address),
    ...(flags === 0 ? [] : [u32Attribute(IFA.flags, flags)]),
  ];
}

function describe(address: Prefix & { readonly index: number }): string {
  return `${address.address}/${address.prefixLength} on link ${address.index}`;
}

/** The address of an address message, or undefined if it is of a family other than IP. */
export function decodeAddress({ body }: Message): InterfaceAddress | undefined {
  const attributes = new Attributes(body.subarray(IFADDRMSG_BYTES));
  const family = familyOfNumber(body.readUInt8(0));
  // On point-to-point links IFA_ADDRESS is the other end; IPv6 has IFA_LOCAL only there.
  const address = attributes.address(IFA.local) ?? attributes.address(IFA.address);
  if (family === undefined || address === undefined) return undefined;
  const flags = attributes.u32(IFA.flags) ?? body.readUInt8(2);
  return {
    index: body.readUInt32LE(4),
    family,
    address,
    prefixLength: body.readUInt8(1),
    scope: scopeOf(body.readUInt8(3)),
    noDad: (flags & ADDRESS_FLAG.noDad) !== 0,
    noPrefixRoute: (flags & ADDRESS_FLAG.noPrefixRoute) !== 0,
    tentative: (flags & ADDRESS_FLAG.tentative) !== 0,
    duplicate: (flags & ADDRESS_FLAG.dadFailed) !== 0,
  };
}

export function scopeOf(number: number): Scope | undefined {
  return (Object.keys(SCOPE) as Scope[]).find(scope => SCOPE[scope] === number);
}
