// Netlink attributes (struct nlattr): length, type and value, padded to four bytes, often nested.
import { inetNtop, inetPton, macFromBytes, macToBytes, parseMac } from 'ip';

const HEADER_BYTES = 4;
/** NLA_F_NESTED | NLA_F_NET_BYTEORDER: flags that share the type's field. */
const TYPE_MASK = 0x3fff;
const NLA_F_NESTED = 0x8000;

/** Length rounded up to netlink's alignment of four bytes. */
export function align(bytes: number): number {
  return (bytes + 3) & ~3;
}

/** One attribute with its padding. */
export function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc(align(HEADER_BYTES + value.length));
  bytes.writeUInt16LE(HEADER_BYTES + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, HEADER_BYTES);
  return bytes;
}

export function u8Attribute(type: number, value: number): Buffer {
  return attribute(type, Uint8Array.of(value));
}

export function u32Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return attribute(type, bytes);
}

export function s32Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return attribute(type, bytes);
}

/** A number in network byte order, as ports are. */
export function be16Attribute(type: number, value: number): Buffer {
  return attribute(type, Uint8Array.of(value >> 8, value & 0xff));
}

export function flagAttribute(type: number, value: boolean): Buffer {
  return u8Attribute(type, value ? 1 : 0);
}

export function textAttribute(type: number, value: string): Buffer {
  return attribute(type, Buffer.from(`${value}\0`));
}

export function addressAttribute(type: number, address: string): Buffer {
  return attribute(type, inetPton(address));
}

export function macAttribute(type: number, mac: string): Buffer {
  return attribute(type, macToBytes(parseMac(mac)));
}

export function nestedAttribute(type: number, members: readonly Uint8Array[]): Buffer {
  return attribute(type | NLA_F_NESTED, Buffer.concat(members));
}

/** Attributes that are given: `optional(options.mtu, mtu => u32Attribute(IFLA_MTU, mtu))`. */
export function optional<T>(value: T | undefined, encode: (value: T) => Buffer): Buffer[] {
  return value === undefined ? [] : [encode(value)];
}

/** What was decoded: the last value of each type, read on demand. */
export class Attributes {
  readonly #all: Buffer;
  readonly #values: ReadonlyMap<number, Buffer>;

  constructor(bytes: Buffer) {
    this.#all = bytes;
    this.#values = new Map(attributesOf(bytes));
  }

  bytes(type: number): Buffer | undefined {
    return this.#values.get(type);
  }

  u8(type: number): number | undefined {
    return this.#values.get(type)?.readUInt8();
  }

  u32(type: number): number | undefined {
    return this.#values.get(type)?.readUInt32LE();
  }

  s32(type: number): number | undefined {
    return this.#values.get(type)?.readInt32LE();
  }

  be16(type: number): number | undefined {
    return this.#values.get(type)?.readUInt16BE();
  }

  text(type: number): string | undefined {
    return textOf(this.#values.get(type));
  }

  /** Of a list, in which a type is repeated. */
  texts(type: number): string[] {
    return [...attributesOf(this.#all)].flatMap(([found, value]) => (found === type ? [textOf(value)] : []));
  }

  address(type: number): string | undefined {
    const bytes = this.#values.get(type);
    return bytes?.length === 4 || bytes?.length === 16 ? inetNtop(bytes) : undefined;
  }

  mac(type: number): string | undefined {
    const bytes = this.#values.get(type);
    return bytes?.length === 6 ? macFromBytes(bytes) : undefined;
  }

  nested(type: number): Attributes {
    return new Attributes(this.#values.get(type) ?? Buffer.alloc(0));
  }
}

function textOf(value: Buffer): string;
function textOf(value: Buffer | undefined): string | undefined;
function textOf(value: Buffer | undefined): string | undefined {
  return value?.toString('utf8').replace(/\0.*$/s, '');
}

/** Type and value of each attribute in turn; what is cut short at the end is left out. */
export function* attributesOf(bytes: Buffer): Generator<[type: number, value: Buffer]> {
  for (let offset = 0; offset + HEADER_BYTES <= bytes.length;) {
    const length = bytes.readUInt16LE(offset);
    if (length < HEADER_BYTES || offset + length > bytes.length) return;
    yield [
      bytes.readUInt16LE(offset + 2) & TYPE_MASK,
      bytes.subarray(offset + HEADER_BYTES, offset + length),
    ];
    offset += align(length);
  }
}
