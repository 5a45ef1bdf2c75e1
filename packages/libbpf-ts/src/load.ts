// Loading: an object's spec becomes maps and programs in the kernel.
import { codecOf, type NamedCodecs } from './codec.ts';
import { requireSameMap } from './compare-maps.ts';
import { initialSections } from './data-sections.ts';
import { check, unsupported, type BpfError } from './errors.ts';
import { Fd, handOver } from './fd.ts';
import { mapFdById } from './ids.ts';
import { LoadedObject } from './loaded-object.ts';
import { BpfMap } from './map.ts';
import { perCpu, referenceCodec, type MapCodecs } from './map-codecs.ts';
import type { MapSpec } from './map-spec.ts';
import { isMapOfMaps, isPerCpu } from './map-types.ts';
import { native, type NativeHandle } from './native.ts';
import type { ObjectSpec, ProgramSpec } from './object-spec.ts';
import type { LoadOptions, ObjectTypes } from './object-types.ts';
import { supportsProgramKind } from './probe.ts';
import { Program } from './program.ts';
import { isAttachedByLibbpf, isOptional, type ProgramKind } from './program-types.ts';
import { Variable } from './variable.ts';
import { loadError } from './verifier-log.ts';

/** Loads the object; throws VERIFIER with the verifier's log, LAYOUT for a map that does not fit, or an errno. */
export function loadObject<T extends ObjectTypes = ObjectTypes>(
  spec: ObjectSpec,
  options: LoadOptions<T> = {},
): LoadedObject<T> {
  return load(spec, options) as LoadedObject<T>;
}

function load(spec: ObjectSpec, options: LoadOptions): LoadedObject {
  const name = options.name ?? 'object';
  native().takeLog(); // what earlier calls left
  const object = native().openObject(spec.bytes, name);
  if (typeof object === 'number') throw loadError(object, name, native().takeLog());
  let kept = false;
  try {
    prepare(object, spec, options);
    const result = native().loadObject(object);
    if (result < 0) throw failure(spec, options, loadError(result, name, native().takeLog()));
    const loaded = collect(object, spec, options);
    kept = wanted(spec, options).some(({ section }) => isAttachedByLibbpf(section));
    if (kept) loaded.keep(object);
    return loaded;
  } finally {
    if (!kept) native().closeObject(object);
  }
}

/** A kernel too old for a kind of program only says EINVAL: ask it about the newer kinds. */
function failure(spec: ObjectSpec, options: LoadOptions, error: BpfError): BpfError {
  if (error.code !== 'EINVAL') return error;
  for (const { name } of wanted(spec, options)) {
    const kind = kindOf(name, spec, options);
    if (kind?.minimumKernel === undefined || supportsProgramKind(kind)) continue;
    const feature = { name: `program type ${kind.type}`, minimumKernel: kind.minimumKernel };
    return unsupported('load', name, feature);
  }
  return error;
}

function kindOf(program: string, spec: ObjectSpec, { types }: LoadOptions): ProgramKind | undefined {
  return types?.[program] ?? spec.programs.get(program)?.kind;
}

/** What libbpf is given between open and load. */
function prepare(object: NativeHandle, spec: ObjectSpec, options: LoadOptions): void {
  for (const program of spec.programs.values()) prepareProgram(object, program, spec, options);
  for (const [name, maxEntries] of Object.entries(options.maxEntries ?? {})) {
    if (maxEntries === undefined) continue;
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

function prepareProgram(
  object: NativeHandle,
  program: ProgramSpec,
  spec: ObjectSpec,
  options: LoadOptions,
): void {
  const { name } = program;
  const isLoaded = isWanted(program, options);
  check(native().setProgramAutoload(object, name, isLoaded ? 1 : 0), 'choose program', name);
  if (!isLoaded) return;
  const kind = kindOf(name, spec, options);
  if (kind === undefined) return;
  check(native().setProgramType(object, name, kind.type), 'set type of program', name);
  if (kind.attachType === undefined) return;
  check(native().setProgramAttachType(object, name, kind.attachType), 'set type of program', name);
}

function isWanted({ name, section }: ProgramSpec, { programs }: LoadOptions): boolean {
  return programs?.includes(name) ?? !isOptional(section);
}

function wanted(spec: ObjectSpec, options: LoadOptions): ProgramSpec[] {
  return [...spec.programs.values()].filter(program => isWanted(program, options));
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
    for (const variable of spec.variables.values()) {
      const codec = () => codecOf<unknown>(variable.layout, options.codecs ?? {});
      loaded.add(new Variable(variable, loaded.map(variable.section), codec));
    }
    for (const { name, section } of wanted(spec, options)) {
      const fd = openFd(native().programFd(object, name), 'program', name);
      const attachType = native().programAttachType(object, name);
      const libbpf = isAttachedByLibbpf(section) ? { object, name } : undefined;
      loaded.add(new Program(fd, name, { attachType, libbpf }));
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
