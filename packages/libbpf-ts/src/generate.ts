// A TypeScript module for an object file: the object itself, its maps, variables and programs by name and type, and a function that
// loads it; as `bpftool gen skeleton` makes a header.
import { btfType } from './btf.ts';
import type { Btf } from './btf-types.ts';
import { emitEnum } from './emit-enum.ts';
import { BpfError } from './errors.ts';
import { layoutOf, type EnumLayout, type Layout, type StructLayout } from './layout.ts';
import type { MapSpec } from './map-spec.ts';
import { isMapOfMaps, isPerCpu } from './map-types.ts';
import { camelCase } from './names.ts';
import type { ObjectSpec } from './object-spec.ts';
import { jsDoc, typeName } from './typescript-names.ts';
import { elementType, emitInterface, valueType } from './typescript-types.ts';
import type { VariableSpec } from './variable-spec.ts';

export interface GenerateOptions {
  /** What the module's names are made of: `packets` gives `loadPackets`. */
  readonly name: string;
  /** The file, for the head comment. */
  readonly file: string;
  /** C types that no map or variable has, records of ring buffers for instance. */
  readonly types?: readonly string[];
}

/**
 * The module's text. It has the types of all maps and variables, those that are asked for, and those that a global pointer points to:
 * `struct event *unused_event;` keeps `struct event` in the BTF, and so in the module. ENOENT for a type that the BTF lacks.
 */
export function generateModule(spec: ObjectSpec, { name, file, types = [] }: GenerateOptions): string {
  const records = [...types.map(type => recordOf(spec.btf, type)), ...pointees(spec)];
  const variables = [...spec.variables.values()].filter(({ layout }) => layout.kind !== 'pointer');
  const maps = [...spec.maps.values()];
  const mentioned = [
    ...maps.flatMap(({ key, value }) => [key, value]),
    ...variables.map(({ layout }) => layout),
    ...records,
  ];
  const parts = [
    head(
      file,
      records.length > 0,
      maps.some(map => hasReferences(map)),
    ),
    ...namedTypes(mentioned.filter(layout => layout !== undefined)),
    objectType(spec, variables, { name, file }),
    loader(spec, name),
    ...codecs(records, name),
  ];
  return `${parts.map(part => part.trimEnd()).join('\n\n')}\n`;
}

function head(file: string, hasRecords: boolean, hasMapsOfMaps: boolean): string {
  const names = [
    ...(hasRecords ? ['codecOf', 'layoutOf'] : []),
    ...['loadObject', 'readObject', 'type LoadedObject', 'type LoadOptions'],
    ...(hasMapsOfMaps ? ['type MapReference'] : []),
    ...(hasRecords ? ['type Codec'] : []),
  ];
  return [
    `// Generated from ${file} by "libbpf-ts gen"; to change it, change the program and generate it anew.`,
    '/* eslint-disable */',
    `import { ${names.join(', ')} } from 'libbpf-ts';`,
  ].join('\n');
}

/** Each named struct, union and enum once. */
function namedTypes(layouts: readonly Layout[]): string[] {
  const found = new Map<string, EnumLayout | StructLayout>();
  const visit = (layout: Layout): void => {
    if (layout.kind === 'array') visit(layout.element);
    if (layout.kind !== 'struct' && layout.kind !== 'union' && layout.kind !== 'enum') return;
    if (layout.name !== '') found.set(typeName(layout.name), layout);
    if (layout.kind !== 'enum') for (const member of layout.members) visit(member.layout);
  };
  for (const layout of layouts) visit(layout);
  return Array.from(found.values(), layout =>
    indented(layout.kind === 'enum' ? emitEnum(layout) : emitInterface(layout)),
  );
}

function objectType(
  spec: ObjectSpec,
  variables: readonly VariableSpec[],
  { name, file }: { name: string; file: string },
): string {
  const maps = Array.from(
    spec.maps.values(),
    map => `${jsDoc(map.doc)}readonly ${map.name}: ${rowType(map)};`,
  );
  const values = variables.map(
    variable => `${jsDoc(variable.doc)}readonly ${variable.name}: ${valueType(variable.layout)};`,
  );
  const programs = Array.from(spec.programs.keys(), program => `'${program}'`);
  return [
    `/** What ${file} holds. */`,
    `export interface ${typeName(name)}Types {`,
    block('maps', maps),
    `  readonly programs: ${programs.join(' | ') || 'never'};`,
    block('variables', values),
    '}',
  ].join('\n');
}

function block(name: string, members: readonly string[]): string {
  const lines = members.flatMap(member => member.split('\n')).map(line => `    ${line}`);
  return [`  readonly ${name}: {`, ...lines, '  };'].join('\n');
}

function hasReferences({ key, type }: Pick<MapSpec, 'key' | 'type'>): boolean {
  return key !== undefined && isMapOfMaps(type);
}

/** As `loadObject` chooses codecs. */
function rowType({ key, value, type }: MapSpec): string {
  if (key !== undefined && hasReferences({ key, type })) return row(valueType(key), 'MapReference | number');
  const [keyType, element] =
    key === undefined || value === undefined
      ? ['Uint8Array', 'Uint8Array']
      : [valueType(key), valueType(value)];
  return row(keyType, isPerCpu(type) ? `${elementType(element)}[]` : element);
}

function row(key: string, value: string): string {
  return `{ readonly key: ${key}; readonly value: ${value} }`;
}

function loader({ bytes }: ObjectSpec, name: string): string {
  const types = `${typeName(name)}Types`;
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,120}/g) ?? [];
  return [
    '/** The object file, read: nothing of it is in the kernel. */',
    `export const ${camelCase(name)}Object = readObject(Buffer.from(\``,
    ...lines,
    "`, 'base64'));",
    '',
    '/** Loads the object into the kernel; the caller disposes what it answers. */',
    `export function load${typeName(name)}(options: LoadOptions<${types}> = {}): LoadedObject<${types}> {`,
    `  return loadObject<${types}>(${camelCase(name)}Object, { name: '${name}', ...options });`,
    '}',
  ].join('\n');
}

function codecs(records: readonly StructLayout[], name: string): string[] {
  return records.map(({ name: cName }) =>
    [
      `/** Reads and writes ${cName}: for records of ring buffers and outputs of iterators. */`,
      `export const ${camelCase(cName)}Codec: Codec<${typeName(cName)}> = codecOf(layoutOf(${camelCase(name)}Object.btf, '${cName}'));`,
    ].join('\n'),
  );
}

function recordOf(btf: Btf, type: string): StructLayout {
  const layout = layoutOf(btf, type);
  if (layout.kind === 'struct' || layout.kind === 'union') return layout;
  throw new BpfError('EINVAL', 'generate', type, { text: 'it is not a struct' });
}

/** The structs that global pointers point to. */
function pointees({ btf }: ObjectSpec): StructLayout[] {
  return btf.types.flatMap(variable => {
    const pointer = variable.kind === 'var' ? btfType(btf, variable.type) : undefined;
    if (pointer?.kind !== 'ptr') return [];
    const layout = layoutIfAny(btf, pointer.type);
    return layout?.kind === 'struct' && layout.name !== '' ? [layout] : [];
  });
}

/** A struct with bit-fields has none: it is left out, unless it is asked for. */
function layoutIfAny(btf: Btf, type: number): Layout | undefined {
  try {
    return layoutOf(btf, type);
  } catch (error) {
    if (error instanceof BpfError && error.code === 'EINVAL') return undefined;
    throw error;
  }
}

/** Members stand two columns in. */
function indented(declaration: string): string {
  return declaration.replace(/^(?=readonly |\w+: |\/\*\* (?!struct |union |enum ))/gm, '  ');
}
