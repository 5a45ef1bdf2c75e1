// Loading: an object's spec becomes maps and programs in the kernel.
import { codecOf, type NamedCodecs } from './codec.ts';
import { requireSameMap } from './compare-maps.ts';
import { initialSections, type VariableValues } from './data-sections.ts';
import { check, unsupported, type BpfError } from './errors.ts';
import { Fd, handOver } from './fd.ts';
import { mapFdById } from './ids.ts';
import { LoadedObject } from './loaded-object.ts';
import { BpfMap } from './map.ts';
import { perCpu, referenceCodec, type MapCodecs } from './map-codecs.ts';
import type { MapSpec } from './map-spec.ts';
import { isMapOfMaps, isPerCpu } from './map-types.ts';
import { native, type NativeHandle } from './native.ts';
import type { ObjectSpec } from './object-spec.ts';
import { supportsProgramKind } from './probe.ts';
import { Program } from './program.ts';
import type { ProgramKind } from './program-types.ts';
import { loadError } from './verifier-log.ts';

export interface LoadOptions {
  /** For errors, and the prefix of data sections' names in the kernel. */
  readonly name?: string;
  /** Values of global variables, by C name; the others keep what the source gave them. */
  readonly variables?: VariableValues;
  /** Maps to use in place of new ones, by name; they must be what the object declares (else LAYOUT). They stay the caller's. */
  readonly maps?: ReadonlyMap<string, BpfMap>;
  /** Sizes in place of the declared ones, by map name. */
  readonly maxEntries?: Readonly<Record<string, number>>;
  /** Only these programs; all if absent. */
  readonly programs?: readonly string[];
  /** What to load a program as, by name, where its section does not tell. */
  readonly types?: Readonly<Record<string, ProgramKind>>;
  /** For variables and for the maps of the loaded object, by C type name. */
  readonly codecs?: NamedCodecs;
}

/** Loads the object; throws VERIFIER with the verifier's log, LAYOUT for a map that does not fit, or an errno. */
export function loadObject(spec: ObjectSpec, options: LoadOptions = {}): LoadedObject {
  const name = options.name ?? 'object';
  native().takeLog(); // what earlier calls left
  const object = native().openObject(spec.bytes, name);
  if (typeof object === 'number') throw loadError(object, name, native().takeLog());
  try {
    prepare(object, spec, options);
    const result = native().loadObject(object);
    if (result < 0) throw failure(spec, options, loadError(result, name, native().takeLog()));
    return collect(object, spec, options);
  } finally {
    native().closeObject(object);
  }
}

/** A kernel too old for a kind of program only says EINVAL: ask it about the newer kinds. */
function failure(spec: ObjectSpec, options: LoadOptions, error: BpfError): BpfError {
  if (error.code !== 'EINVAL') return error;
  for (const { name } of spec.programs.values()) {
    const kind = kindOf(name, spec, options);
    if (kind?.minimumKernel === undefined || !isWanted(name, options) || supportsProgramKind(kind)) continue;
    const feature = { name: `program type ${kind.type}`, minimumKernel: kind.minimumKernel };
    return unsupported('load', name, feature);
  }
  return error;
}

function kindOf(program: string, spec: ObjectSpec, { types }: LoadOptions): ProgramKind | undefined {
  return types?.[program] ?? spec.programs.get(program)?.kind;
}

/** Everything that libbpf must be told between open and load. */
function prepare(object: NativeHandle, spec: ObjectSpec, options: LoadOptions): void {
  for (const program of spec.programs.values()) prepareProgram(object, program.name, spec, options);
  for (const [name, maxEntries] of Object.entries(options.maxEntries ?? {})) {
    check(native().setMapMaxEntries(object, name, maxEntries), 'resize map', name);
  }
  for (const [name, map] of options.maps ?? []) {
    const declared = spec.maps.get(name);
    if (declared === undefined) continue; // one set of maps serves objects that do not use all of it
    const maxEntries = options.maxEntries?.[name] ?? declared.maxEntries;
    requireSameMap({ ...declared, maxEntries }, map);
    check(native().reuseMap(object, name, map.fd.handle), 'reuse map', name);
  }
  const sections = initialSections(spec, options.variables ?? {}, options.codecs ?? {});
  for (const [section, bytes] of sections) {
    check(native().setMapValue(object, section, bytes), 'set variables of', section);
  }
}

function prepareProgram(object: NativeHandle, name: string, spec: ObjectSpec, options: LoadOptions): void {
  if (!isWanted(name, options)) {
    check(native().setProgramAutoload(object, name, 0), 'leave out program', name);
    return;
  }
  const kind = kindOf(name, spec, options);
  if (kind === undefined) return;
  check(native().setProgramType(object, name, kind.type), 'set type of program', name);
  if (kind.attachType === undefined) return;
  check(native().setProgramAttachType(object, name, kind.attachType), 'set type of program', name);
}

function isWanted(program: string, { programs }: LoadOptions): boolean {
  return programs?.includes(program) ?? true;
}

/** Takes descriptors of our own out of libbpf's object, which is closed afterwards. */
function collect(object: NativeHandle, spec: ObjectSpec, options: LoadOptions): LoadedObject {
  const loaded = new LoadedObject();
  try {
    const sections = new Set([...spec.variables.values()].map(variable => variable.section));
    for (const map of spec.maps.values()) loaded.add(openMap(object, map, options), map.name);
    for (const section of sections) {
      const fd = openFd(native().mapFd(object, section), 'map', section);
      loaded.add(new BpfMap(fd), section);
    }
    for (const { name } of spec.programs.values()) {
      if (!isWanted(name, options)) continue;
      loaded.add(new Program(openFd(native().programFd(object, name), 'program', name), name));
    }
    return loaded;
  } catch (error) {
    loaded[Symbol.dispose]();
    throw error;
  }
}

/** With the codecs that its types ask for; plain bytes if only sizes are declared. */
function openMap(object: NativeHandle, spec: MapSpec, options: LoadOptions): BpfMap {
  const codecs = declaredCodecs(spec, options.codecs ?? {});
  // A reused map is opened by id: bpf_map__reuse_fd() gives libbpf's map the name that the reused one was created with.
  const reused = options.maps?.get(spec.name);
  const fd = reused ? mapFdById(reused.info.id) : openFd(native().mapFd(object, spec.name), 'map', spec.name);
  return handOver(fd, each => new BpfMap(each, codecs));
}

function openFd(fd: number, kind: string, name: string): Fd {
  return new Fd(fd, `open ${kind}`, name);
}

function declaredCodecs(spec: MapSpec, named: NamedCodecs): MapCodecs<unknown, unknown> | undefined {
  if (spec.key === undefined) return undefined;
  const key = codecOf<unknown>(spec.key, named);
  if (isMapOfMaps(spec.type)) return { key, value: referenceCodec };
  if (spec.value === undefined) return undefined;
  const value = codecOf<unknown>(spec.value, named);
  return { key, value: isPerCpu(spec.type) ? perCpu(value) : value };
}
