// Map definitions of an object: the BTF form, variables of structs in the section `.maps`.
import { btfDoc, btfResolve, btfType, btfTypeNamed } from './btf.ts';
import type { Btf, BtfComposite } from './btf-types.ts';
import { BpfError } from './errors.ts';
import { layoutOf, type Layout } from './layout.ts';
import type { MapShape } from './map-shape.ts';

/** A map as the object declares it; nothing of it exists in the kernel yet. */
export interface MapSpec extends MapShape {
  readonly name: string;
  /** Absent if the definition gives sizes only. */
  readonly key: Layout | undefined;
  readonly value: Layout | undefined;
  /** What the elements of a map of maps look like. */
  readonly inner: MapSpec | undefined;
  readonly doc: string | undefined;
}

/** All maps declared in the object, in its order. */
export function readMapSpecs(btf: Btf): Map<string, MapSpec> {
  const section = btfTypeNamed(btf, 'datasec', '.maps');
  const specs = new Map<string, MapSpec>();
  for (const { type } of section?.variables ?? []) {
    const variable = btfType(btf, type);
    if (variable.kind !== 'var') continue;
    specs.set(
      variable.name,
      readMapSpec(btf, variable.type, { name: variable.name, doc: btfDoc(btf, type) }),
    );
  }
  return specs;
}

interface Identity {
  readonly name: string;
  readonly doc: string | undefined;
}

function readMapSpec(btf: Btf, typeId: number, { name, doc }: Identity): MapSpec {
  const definition = btfResolve(btf, typeId);
  if (definition.kind !== 'struct') {
    throw new BpfError('EINVAL', 'read map', name, { text: 'its definition is no struct' });
  }
  const attribute = (key: string): number | undefined => attributeOf(btf, definition, key);
  const key = typeAttribute(btf, definition, 'key');
  const value = typeAttribute(btf, definition, 'value');
  return {
    ...{ name, doc, key, value },
    type: attribute('type') ?? 0,
    keySize: key?.size ?? attribute('key_size') ?? 0,
    // A map of maps has the inner map's fd for a value.
    valueSize:
      value?.size ?? attribute('value_size') ?? (memberType(definition, 'values') === undefined ? 0 : 4),
    maxEntries: attribute('max_entries') ?? 0,
    flags: attribute('map_flags') ?? 0,
    inner: innerSpec(btf, definition, name),
  };
}

function memberType(definition: BtfComposite, name: string): number | undefined {
  return definition.members.find(member => member.name === name)?.type;
}

/** `__uint(name, n)` is `int (*name)[n]`: the number is the array's length. */
function attributeOf(btf: Btf, definition: BtfComposite, name: string): number | undefined {
  const array = pointee(btf, definition, name);
  return array?.kind === 'array' ? array.length : undefined;
}

/** `__type(name, T)` is `T *name`. */
function typeAttribute(btf: Btf, definition: BtfComposite, name: string): Layout | undefined {
  const type = memberType(definition, name);
  const pointer = type === undefined ? undefined : btfResolve(btf, type);
  return pointer?.kind === 'ptr' ? layoutOf(btf, pointer.type) : undefined;
}

function pointee(
  btf: Btf,
  definition: BtfComposite,
  name: string,
): ReturnType<typeof btfResolve> | undefined {
  const type = memberType(definition, name);
  const pointer = type === undefined ? undefined : btfResolve(btf, type);
  return pointer?.kind === 'ptr' ? btfResolve(btf, pointer.type) : undefined;
}

/** `__array(values, struct inner)` is `struct inner *values[]`. */
function innerSpec(btf: Btf, definition: BtfComposite, name: string): MapSpec | undefined {
  const type = memberType(definition, 'values');
  const array = type === undefined ? undefined : btfResolve(btf, type);
  if (array?.kind !== 'array') return undefined;
  const pointer = btfResolve(btf, array.element);
  if (pointer.kind !== 'ptr' || btfResolve(btf, pointer.type).kind !== 'struct') return undefined;
  return readMapSpec(btf, pointer.type, { name: `${name}.inner`, doc: undefined });
}
