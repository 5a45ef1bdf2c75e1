// One ABI out of many objects: every object must agree with every other on what it shares with it.
import {
  compareLayouts,
  layoutOf,
  type Btf,
  type EnumLayout,
  type Layout,
  type MapSpec,
  type ObjectSpec,
  type VariableSpec,
} from 'libbpf-ts';
import type { DeclarationComments } from './header-comments.ts';

export interface Abi {
  /** By name, in the order of names. */
  readonly maps: readonly MapSpec[];
  readonly enums: readonly EnumLayout[];
  /** Those of the headers that some object's BTF has. */
  readonly structs: readonly Layout[];
  /** Node-wide settings, by name: where they lie differs from object to object. */
  readonly config: readonly VariableSpec[];
  readonly comments: readonly DeclarationComments[];
}

const CONFIG_SECTION = '.rodata.config';

/** `objects` by file name. Throws for a type of `bpf/abi` that no object has, or that two objects have differently. */
export function readAbi(
  objects: ReadonlyMap<string, ObjectSpec>,
  comments: readonly DeclarationComments[],
): Abi {
  const maps = new Map<string, MapSpec>();
  const config = new Map<string, VariableSpec>();
  for (const [file, object] of objects) {
    for (const map of object.maps.values()) merge(maps, map, file, compareMapSpecs);
    for (const variable of object.variables.values()) {
      if (variable.section === CONFIG_SECTION) merge(config, variable, file, compareVariables);
    }
  }
  return {
    maps: [...maps.values()].sort(byName),
    config: [...config.values()].sort(byName),
    enums: comments.flatMap(({ kind, name, file }) =>
      kind === 'enum' ? [findEnum([...objects.values()], name, file)] : [],
    ),
    structs: comments.flatMap(({ kind, name }) =>
      kind === 'struct' ? findStruct([...objects.values()], name) : [],
    ),
    comments,
  };
}

type Named = { readonly name: string };

function merge<T extends Named>(
  into: Map<string, T>,
  found: T,
  file: string,
  compare: (a: T, b: T) => string[],
): void {
  const known = into.get(found.name);
  const differences = known === undefined ? [] : compare(known, found);
  if (differences.length > 0) {
    throw new Error(
      `${file} has another ${found.name} than the objects before it: ${differences.join('; ')}`,
    );
  }
  into.set(found.name, known ?? found);
}

function compareMapSpecs(a: MapSpec, b: MapSpec): string[] {
  const numbers = (['type', 'maxEntries', 'flags'] as const).flatMap(field =>
    a[field] === b[field] ? [] : [`${field}: ${a[field]}, not ${b[field]}`],
  );
  return [...numbers, ...compareOptional(a.key, b.key), ...compareOptional(a.value, b.value)];
}

function compareOptional(a: Layout | undefined, b: Layout | undefined): string[] {
  return a === undefined || b === undefined ? [] : compareLayouts(a, b);
}

function compareVariables(a: VariableSpec, b: VariableSpec): string[] {
  return compareLayouts(a.layout, b.layout);
}

function byName(a: Named, b: Named): number {
  return a.name < b.name ? -1 : 1;
}

/** What only events or other structs mention is exported as enums are. */
function findStruct(objects: readonly ObjectSpec[], name: string): Layout[] {
  const holder = objects.find(({ btf }) =>
    btf.types.some(type => type.kind === 'struct' && type.name === name),
  );
  return holder === undefined ? [] : [layoutOf(holder.btf, name)];
}

/** Enums reach BTF only where a program's own types mention them. */
function findEnum(objects: readonly ObjectSpec[], name: string, file: string): EnumLayout {
  const holder = objects.find(object => hasEnum(object.btf, name));
  const layout = holder === undefined ? undefined : layoutOf(holder.btf, name);
  if (layout?.kind !== 'enum') {
    throw new Error(`no object's BTF has enum ${name} of ${file}: ABI_EXPORT it in the hook that writes it`);
  }
  return layout;
}

function hasEnum(btf: Btf, name: string): boolean {
  return btf.types.some(type => type.kind === 'enum' && type.name === name);
}
