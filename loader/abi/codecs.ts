// Codecs between map bytes and TypeScript: addresses and MACs are branded text, everything else follows its layout.
import { type Addr, addrFromBytes, addrToBytes, type Mac, macFromBytes, macToBytes } from 'ip';
import { codecOf, perCpu, type Codec, type Layout, type MapCodecs, type NamedCodecs } from 'libbpf-ts';
import { CONFIG_VARIABLES, MAPS, type MapName, type MapRows, type NodeConfig } from './abi.gen.ts';

/** struct addr: 16 bytes in network order. */
export const addrCodec: Codec<Addr> = {
  size: 16,
  encode: (addr, target, offset) => target.set(addrToBytes(addr), offset),
  decode: (source, offset) => addrFromBytes(source, offset),
};

/** struct mac. */
export const macCodec: Codec<Mac> = {
  size: 6,
  encode: (mac, target, offset) => target.set(macToBytes(mac), offset),
  decode: (source, offset) => macFromBytes(source, offset),
};

/** By C type name, for libbpf-ts. */
export const NAMED_CODECS: NamedCodecs = { addr: addrCodec, mac: macCodec };

/** The codecs of one of our maps. */
export function mapCodecs<N extends MapName>(name: N): MapCodecs<MapRows[N]['key'], MapRows[N]['value']> {
  const { key, value, typeName } = MAPS[name];
  const element = partCodec(value);
  const values = typeName.startsWith('PERCPU') ? perCpu(element) : element;
  // The generated row types and layouts come from the same BTF.
  return { key: partCodec(key) as Codec<MapRows[N]['key']>, value: values as Codec<MapRows[N]['value']> };
}

/** A ring buffer has neither keys nor values. */
const NOTHING: Codec<Uint8Array> = {
  size: 0,
  encode: () => undefined,
  decode: () => new Uint8Array(),
};

function partCodec(layout: Layout | undefined): Codec<unknown> {
  return layout === undefined ? NOTHING : codecOf<unknown>(layout, NAMED_CODECS);
}

/** Program constants by C name, as `loadObject` takes them. */
export function configVariables(config: Partial<NodeConfig>): Record<string, unknown> {
  const names = (Object.keys(CONFIG_VARIABLES) as (keyof NodeConfig)[]).filter(name => name in config);
  return Object.fromEntries(names.map(name => [CONFIG_VARIABLES[name].cName, config[name]]));
}
