// An object file read without touching the kernel: what it declares, and what it would become.
import { parseBtf } from './btf-reader.ts';
import type { Btf } from './btf-types.ts';
import {
  readElf,
  sectionNamed,
  SHF_EXECINSTR,
  STB_GLOBAL,
  stringAt,
  STT_FUNC,
  type Elf,
  type ElfSection,
} from './elf.ts';
import { BpfError } from './errors.ts';
import { readMapSpecs, type MapSpec } from './map-spec.ts';
import { kindOfNewerSection, type ProgramKind } from './program-types.ts';
import { readVariableSpecs, type VariableSpec } from './variable-spec.ts';

export interface ProgramSpec {
  readonly name: string;
  /** `tc`, `xdp`, `cgroup_skb/egress` …: tells libbpf what to load it as. */
  readonly section: string;
  /** Instructions of 8 bytes. */
  readonly instructions: number;
  /** What to load it as where libbpf cannot tell from the section. */
  readonly kind: ProgramKind | undefined;
}

export interface ObjectSpec {
  /** The file's own bytes: what is given to libbpf. */
  readonly bytes: Uint8Array;
  readonly license: string;
  readonly sections: readonly ElfSection[];
  readonly maps: ReadonlyMap<string, MapSpec>;
  readonly programs: ReadonlyMap<string, ProgramSpec>;
  readonly variables: ReadonlyMap<string, VariableSpec>;
  readonly btf: Btf;
}

/** Reads an object that clang made with `-g -target bpf`; throws EINVAL for what is none. */
export function readObject(bytes: Uint8Array): ObjectSpec {
  const elf = readElf(bytes);
  const btfSection = sectionNamed(elf, '.BTF');
  if (btfSection === undefined) {
    throw new BpfError('EINVAL', 'read', 'BPF object', { text: 'it has no BTF; compile it with -g' });
  }
  const btf = parseBtf(btfSection.bytes);
  const license = sectionNamed(elf, 'license');
  return {
    ...{ bytes, btf, sections: elf.sections },
    license: license === undefined ? '' : stringAt(license.bytes, 0),
    maps: readMapSpecs(btf),
    programs: readProgramSpecs(elf),
    variables: readVariableSpecs(elf, btf),
  };
}

/** Global functions outside `.text`; those inside are subprograms. */
function readProgramSpecs(elf: Elf): Map<string, ProgramSpec> {
  const specs = new Map<string, ProgramSpec>();
  for (const symbol of elf.symbols) {
    const section = elf.sections[symbol.sectionIndex];
    if (symbol.type !== STT_FUNC || symbol.binding !== STB_GLOBAL || section === undefined) continue;
    if ((section.flags & SHF_EXECINSTR) === 0 || section.name === '.text') continue;
    specs.set(symbol.name, {
      ...{ name: symbol.name, section: section.name, instructions: symbol.size / 8 },
      kind: kindOfNewerSection(section.name),
    });
  }
  return specs;
}
