// What the kernel says about a route.
import { Attributes } from './attribute.ts';
import { anyPrefix, type Family, inetNtop, type Prefix } from 'ip';
import { familyOfNumber } from './address-family.ts';
import { type Scope, scopeOf } from './interface-address.ts';
import type { Message } from './message.ts';
import {
  NEXT_HOP_ON_LINK,
  ROUTE_CLONED,
  ROUTE_TYPE,
  type RouteType,
  RTA,
  RTAX_LOCK,
  RTAX_MTU,
  RTMSG_BYTES,
} from './route-constants.ts';

export interface NextHop {
  /** The link's index. */
  readonly index: number | undefined;
  readonly via: string | undefined;
  readonly onLink: boolean;
}

export interface Route {
  readonly family: Family;
  readonly destination: Prefix;
  readonly type: RouteType | undefined;
  /** One, or several that share the load; none for types that go nowhere. */
  readonly nextHops: readonly NextHop[];
  readonly source: string | undefined;
  readonly mtu: number | undefined;
  readonly mtuLocked: boolean;
  readonly metric: number;
  readonly scope: Scope | undefined;
  readonly protocol: number;
  readonly table: number;
  /** A cached entry, not a configured route. */
  readonly cloned: boolean;
}

/** A default route, or one with a destination on the link, at least by one of its next hops. */
export function isNearRoute({ body }: Message): boolean {
  if (body.readUInt8(1) === 0) return true;
  const attributes = new Attributes(body.subarray(RTMSG_BYTES));
  return attributes.bytes(RTA.gateway) === undefined && attributes.bytes(RTA.via) === undefined;
}

export function decodeRoute({ body }: Message): Route {
  const attributes = new Attributes(body.subarray(RTMSG_BYTES));
  const metrics = attributes.nested(RTA.metrics);
  const family = familyOfNumber(body.readUInt8(0)) ?? 'ipv4';
  const flags = body.readUInt32LE(8);
  return {
    family,
    destination: {
      address: attributes.address(RTA.destination) ?? anyPrefix(family).address,
      prefixLength: body.readUInt8(1),
    },
    type: routeTypeOf(body.readUInt8(7)),
    nextHops: nextHopsOf(attributes, flags),
    source: attributes.address(RTA.preferredSource),
    mtu: metrics.u32(RTAX_MTU),
    mtuLocked: ((metrics.u32(RTAX_LOCK) ?? 0) & (1 << RTAX_MTU)) !== 0,
    metric: attributes.u32(RTA.priority) ?? 0,
    scope: scopeOf(body.readUInt8(6)),
    protocol: body.readUInt8(5),
    table: attributes.u32(RTA.table) ?? body.readUInt8(4),
    cloned: (flags & ROUTE_CLONED) !== 0,
  };
}

function routeTypeOf(number: number): RouteType | undefined {
  return (Object.keys(ROUTE_TYPE) as RouteType[]).find(type => ROUTE_TYPE[type] === number);
}

function nextHopsOf(attributes: Attributes, flags: number): NextHop[] {
  const multipath = attributes.bytes(RTA.multipath);
  if (multipath !== undefined) return [...multipathHops(multipath)];
  const index = attributes.u32(RTA.outputLink);
  const via = gatewayOf(attributes);
  if (index === undefined && via === undefined) return [];
  return [{ index, via, onLink: (flags & NEXT_HOP_ON_LINK) !== 0 }];
}

/** struct rtnexthop: length, flags, weight − 1, link; then attributes. */
function* multipathHops(bytes: Buffer): Generator<NextHop> {
  const headerBytes = 8;
  for (let offset = 0; offset + headerBytes <= bytes.length;) {
    const length = bytes.readUInt16LE(offset);
    if (length < headerBytes) return;
    yield {
      index: bytes.readInt32LE(offset + 4),
      via: gatewayOf(new Attributes(bytes.subarray(offset + headerBytes, offset + length))),
      onLink: (bytes.readUInt8(offset + 2) & NEXT_HOP_ON_LINK) !== 0,
    };
    offset += (length + 3) & ~3;
  }
}

function gatewayOf(attributes: Attributes): string | undefined {
  const via = attributes.bytes(RTA.via); // its first two bytes are the family
  return attributes.address(RTA.gateway) ?? (via === undefined ? undefined : inetNtop(via.subarray(2)));
}
