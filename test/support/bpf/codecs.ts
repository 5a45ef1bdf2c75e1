// The maps' keys and values in the words of the tables: addresses and MACs as text.
import type { Codec, NamedCodecs } from 'libbpf-ts';
import { addressText, macBytes, macText, mappedBytes } from '../packet/address.ts';

const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

const addrCodec: Codec<string> = {
  size: 16,
  encode: (text, target, offset) => target.set(mappedBytes(text), offset),
  decode: (source, offset) => {
    const bytes = Buffer.from(source.subarray(offset, offset + 16));
    return addressText(bytes.subarray(0, 12).equals(MAPPED_PREFIX) ? bytes.subarray(12) : bytes);
  },
};

const macCodec: Codec<string> = {
  size: 6,
  encode: (text, target, offset) => target.set(macBytes(text), offset),
  decode: (source, offset) => macText(source.subarray(offset, offset + 6)),
};

/** For the C types of those names. */
export const CODECS: NamedCodecs = { addr: addrCodec, mac: macCodec };
