// What follows the first 8 bytes of ND and MLD messages (RFC 4861 section 4, RFC 2710): addresses and options.
import { addressBytes, addressText, macBytes, macText } from './address.ts';
import type { Decoded } from './layer.ts';

export const ND_TYPE = {
  multicastListenerReport: 131,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
  redirect: 137,
  multicastListenerReportV2: 143,
} as const;

/** Flags of a neighbour advertisement as they stand in the first word behind the checksum. */
export const NA_FLAG = { router: 0x8000_0000, solicited: 0x4000_0000, override: 0x2000_0000 } as const;

export interface NeighbourMessage {
  /** Bytes of fixed fields before the options, in hex: addresses, timers, records. */
  readonly body?: string;
  readonly target?: string;
  readonly destination?: string;
  /** Source link-layer address option. */
  readonly sourceMac?: string;
  /** Target link-layer address option. */
  readonly targetMac?: string;
  /** Whatever else follows, in hex. */
  readonly more?: string;
}

const SOURCE_MAC = 1;
const TARGET_MAC = 2;
const OPTION_BYTES = 8;

export function encodeNeighbourMessage(fields: NeighbourMessage, payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(fields.body ?? '', 'hex'),
    ...[fields.target, fields.destination].flatMap(text => (text === undefined ? [] : [addressBytes(text)])),
    macOption(SOURCE_MAC, fields.sourceMac),
    macOption(TARGET_MAC, fields.targetMac),
    Buffer.from(fields.more ?? '', 'hex'),
    payload,
  ]);
}

/** `type` is that of the ICMPv6 header before; it says which fixed fields there are. */
export function decodeNeighbourMessage(bytes: Buffer, type: number): Decoded | undefined {
  const shape = SHAPES[type];
  if (shape === undefined || bytes.length < shape.bodyBytes + shape.addresses * 16) return undefined;
  const addresses = bytes.subarray(shape.bodyBytes);
  const options = addresses.subarray(shape.addresses * 16);
  const fields = {
    ...(shape.bodyBytes > 0 && { body: bytes.subarray(0, shape.bodyBytes).toString('hex') }),
    ...(shape.addresses > 0 && { target: addressText(addresses.subarray(0, 16)) }),
    ...(shape.addresses > 1 && { destination: addressText(addresses.subarray(16, 32)) }),
    ...readOptions(options),
  };
  return { layer: { name: 'nd', fields }, payload: Buffer.alloc(0), next: 'data' };
}

const SHAPES: Readonly<Partial<Record<number, { bodyBytes: number; addresses: number }>>> = {
  [ND_TYPE.multicastListenerReport]: { bodyBytes: 0, addresses: 1 },
  [ND_TYPE.routerSolicitation]: { bodyBytes: 0, addresses: 0 },
  [ND_TYPE.routerAdvertisement]: { bodyBytes: 8, addresses: 0 },
  [ND_TYPE.neighbourSolicitation]: { bodyBytes: 0, addresses: 1 },
  [ND_TYPE.neighbourAdvertisement]: { bodyBytes: 0, addresses: 1 },
  [ND_TYPE.redirect]: { bodyBytes: 0, addresses: 2 },
};

function macOption(type: number, mac: string | undefined): Buffer {
  return mac === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.from([type, 1]), macBytes(mac)]);
}

/** In the order in which they are written; anything else ends up in `more`. */
function readOptions(bytes: Buffer): NeighbourMessage {
  let rest = bytes;
  const take = (type: number): string | undefined => {
    if (rest.length < OPTION_BYTES || rest[0] !== type || rest[1] !== 1) return undefined;
    const mac = macText(rest.subarray(2, OPTION_BYTES));
    rest = rest.subarray(OPTION_BYTES);
    return mac;
  };
  const sourceMac = take(SOURCE_MAC);
  const targetMac = take(TARGET_MAC);
  return {
    ...(sourceMac !== undefined && { sourceMac }),
    ...(targetMac !== undefined && { targetMac }),
    ...(rest.length > 0 && { more: rest.toString('hex') }),
  };
}
