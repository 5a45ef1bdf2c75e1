// The whole generated module as text; formatting is prettier's.
import {
  camelCase,
  emitEnum,
  jsDoc,
  mapTypeName,
  typeName,
  valueType,
  type MapSpec,
  type VariableSpec,
} from 'libbpf-ts';
import type { MapKind } from '../../loader/abi/declarations.ts';
import { BRANDED } from './abi-names.ts';
import { LayoutEmitter } from './emit-struct.ts';
import type { Abi } from './read-abi.ts';

/** Maps that desired state does not fill. */
const MAP_KINDS: Readonly<Record<string, MapKind>> = {
  hd_ct: 'stateful',
  hd_ct_unassured: 'stateful',
  hd_ct_ring: 'stateful',
  hd_ct_queue: 'stateful',
  hd_ct_share: 'stateful',
  hd_ct_aging: 'stateful',
  hd_control: 'stateful',
  hd_metrics: 'counting',
  hd_event: 'counting',
  hd_event_lost: 'counting',
  hd_policy_drop: 'counting',
};

/** Names that maps had before: what is pinned under them is taken over where it has the same layout. */
const FORMERLY: Readonly<Record<string, readonly string[]>> = {
  hd_ct: ['hd_conntrack'],
  hd_ct_unassured: ['hd_unanswered'],
  hd_iface: ['hd_port'],
};

const HEADER = `// Generated from the BTF of build/bpf/*.bpf.o by scripts/gen-abi.ts; \`make gen\` writes it anew.
import type { Addr, Mac } from 'ip';
import type { IntLayout, StructLayout } from 'libbpf-ts';
import type { AbiMap, ConfigVariable } from './declarations.ts';
`;

export function emitAbi(abi: Abi): string {
  const layouts = new LayoutEmitter(abi.comments);
  const commentsOf = (kind: string, name: string) =>
    abi.comments.find(entry => entry.kind === kind && entry.name === name);
  const maps = emitMaps(abi.maps, layouts);
  for (const layout of abi.structs) layouts.reference(layout);
  const config = emitConfig(abi.config, layouts);
  const enums = abi.enums.map(layout => emitEnum(layout, commentsOf('enum', layout.name)));
  return [HEADER, ...enums, layouts.text(), maps, config].join('\n\n');
}

function emitMaps(maps: readonly MapSpec[], layouts: LayoutEmitter): string {
  const entries = maps.map(map => emitMap(map, layouts));
  const rows = maps.map(map => `${map.name}: ${rowType(map)};`);
  return [
    `/** Every map of ours, as the objects declare it. */`,
    `export const MAPS = {\n${entries.join('\n')}\n} as const satisfies Record<string, AbiMap>;`,
    `export type MapName = keyof typeof MAPS;`,
    `/** What a map's codecs read and write; per-CPU values have one element for each possible CPU. */`,
    `export interface MapRows {\n${rows.join('\n')}\n}`,
  ].join('\n');
}

function emitMap(map: MapSpec, layouts: LayoutEmitter): string {
  const { name, type, keySize, valueSize, maxEntries, flags, key, value, doc } = map;
  const numbers = JSON.stringify({ type, keySize, valueSize, maxEntries, flags }).slice(1, -1);
  return `${name}: {
    name: '${name}', kind: '${MAP_KINDS[name] ?? 'rebuildable'}', formerly: ${JSON.stringify(FORMERLY[name] ?? [])}, typeName: '${mapTypeName(type)}', ${numbers},
    key: ${key === undefined ? 'undefined' : layouts.reference(key)},
    value: ${value === undefined ? 'undefined' : layouts.reference(value)},
    inner: undefined, doc: ${JSON.stringify(doc)},
  },`;
}

function rowType({ key, value, type }: MapSpec): string {
  const element = value === undefined ? 'Uint8Array' : valueType(value, BRANDED);
  const isPerCpu = mapTypeName(type).includes('PERCPU');
  return `{ key: ${key === undefined ? 'Uint8Array' : valueType(key, BRANDED)}; value: ${element}${isPerCpu ? '[]' : ''} }`;
}

function emitConfig(variables: readonly VariableSpec[], layouts: LayoutEmitter): string {
  const members = variables.map(
    ({ name, layout, doc }) => `${jsDoc(doc)}readonly ${camelCase(name)}: ${valueType(layout, BRANDED)};`,
  );
  const entries = variables.map(
    ({ name, layout, doc }) =>
      `${camelCase(name)}: { cName: '${name}', layout: ${layouts.reference(layout)}, doc: ${JSON.stringify(doc)} },`,
  );
  return [
    `/** Node-wide settings, constants for the programs once they are loaded. */`,
    `export interface ${typeName('node_config')} {\n${members.join('\n')}\n}`,
    `export const CONFIG_VARIABLES: Readonly<Record<keyof NodeConfig, ConfigVariable>> = {\n${entries.join('\n')}\n};`,
  ].join('\n');
}
