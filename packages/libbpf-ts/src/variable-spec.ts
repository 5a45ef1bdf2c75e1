// Global variables of an object: where they lie in their data section and what they hold before load.
import { btfDoc, btfType } from './btf.ts';
import type { Btf, BtfDataSection } from './btf-types.ts';
import { sectionNamed, type Elf } from './elf.ts';
import { layoutOf, type Layout } from './layout.ts';

/** One variable; constants (`.rodata…`) can be set before load, and are known to the verifier then. */
export interface VariableSpec {
  readonly name: string;
  /** The data section, which is also the name of the map that holds it. */
  readonly section: string;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly size: number;
  readonly readonly: boolean;
  readonly layout: Layout;
  readonly doc: string | undefined;
}

const DATA_SECTION = /^\.(rodata|data|bss)(\.|$)/;

/** Variables by name, in the object's order. */
export function readVariableSpecs(elf: Elf, btf: Btf): Map<string, VariableSpec> {
  const specs = new Map<string, VariableSpec>();
  for (const type of btf.types) {
    if (type.kind !== 'datasec' || !DATA_SECTION.test(type.name)) continue;
    for (const spec of variablesOf(elf, btf, type)) specs.set(spec.name, spec);
  }
  return specs;
}

function variablesOf(elf: Elf, btf: Btf, section: BtfDataSection): VariableSpec[] {
  const sectionIndex = sectionNamed(elf, section.name)?.index;
  return section.variables.flatMap(({ type: typeId }) => {
    const variable = btfType(btf, typeId);
    // The compiler leaves offsets in BTF at 0 for the linker; the symbol table has them.
    const symbol = elf.symbols.find(
      candidate => candidate.name === variable.name && candidate.sectionIndex === sectionIndex,
    );
    if (variable.kind !== 'var' || symbol === undefined) return [];
    const layout = layoutOf(btf, variable.type);
    return {
      ...{ name: variable.name, section: section.name, offset: symbol.value, size: layout.size, layout },
      readonly: section.name.startsWith('.rodata'),
      doc: btfDoc(btf, typeId),
    };
  });
}
