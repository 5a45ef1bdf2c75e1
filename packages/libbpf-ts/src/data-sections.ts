// Data sections as they are loaded: the object's own bytes with the caller's variables written in.
import { codecOf, type NamedCodecs } from './codec.ts';
import { BpfError } from './errors.ts';
import type { ObjectSpec } from './object-spec.ts';
import type { VariableSpec } from './variable-spec.ts';

export type VariableValues = Readonly<Record<string, unknown>>;

/** Bytes of each section that a variable is set in, by section name; EINVAL for an unknown variable or a bad value. */
export function initialSections(
  spec: ObjectSpec,
  values: VariableValues,
  named: NamedCodecs,
): Map<string, Uint8Array> {
  const sections = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(values)) {
    const variable = spec.variables.get(name);
    if (variable === undefined) {
      throw new BpfError('EINVAL', 'set variable', name, { text: 'the object has no variable of that name' });
    }
    const bytes = sections.get(variable.section) ?? sectionBytes(spec, variable);
    codecOf<unknown>(variable.layout, named).encode(value, bytes, variable.offset);
    sections.set(variable.section, bytes);
  }
  return sections;
}

/** A copy; zeros for a section without contents. */
function sectionBytes(spec: ObjectSpec, { section }: VariableSpec): Uint8Array {
  const found = spec.sections.find(candidate => candidate.name === section);
  const bytes = Buffer.alloc(found?.size ?? 0);
  bytes.set(found?.bytes ?? []);
  return bytes;
}
