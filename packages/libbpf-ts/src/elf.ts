// The little of ELF (64 bit, little endian) that BPF objects use: sections and symbols.
import { BpfError } from './errors.ts';

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  /** Empty for sections without contents (.bss); `size` is true all the same. */
  readonly bytes: Uint8Array;
  readonly size: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly type: number;
  readonly binding: number;
  readonly sectionIndex: number;
  /** Offset in its section, bytes. */
  readonly value: number;
  readonly size: number;
}

export interface Elf {
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

/** From the ELF specification (elf.h). */
export const SHT_SYMTAB = 2;
export const SHT_NOBITS = 8;
export const SHF_EXECINSTR = 4;
export const STT_FUNC = 2;
export const STB_GLOBAL = 1;
const EM_BPF = 247;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;

/** Reads section headers and the symbol table; throws EINVAL for what is no BPF object. */
export function readElf(bytes: Uint8Array): Elf {
  try {
    const view = headerView(bytes);
    const sections = readSections(bytes, view);
    return { sections, symbols: readSymbols(sections) };
  } catch (error) {
    // A header that points past the end of the file.
    if (error instanceof RangeError) throw notAnObject('the file is cut short');
    throw error;
  }
}

export function sectionNamed(elf: Elf, name: string): ElfSection | undefined {
  return elf.sections.find(section => section.name === name);
}

/** The text at an offset of a string table, up to its NUL. */
export function stringAt(table: Uint8Array, offset: number): string {
  const end = table.indexOf(0, offset);
  return Buffer.from(table.buffer, table.byteOffset, table.byteLength).toString(
    'utf8',
    offset,
    end < 0 ? undefined : end,
  );
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function headerView(bytes: Uint8Array): DataView {
  const view = viewOf(bytes);
  if (bytes.byteLength < 64 || view.getUint32(0) !== 0x7f454c46) throw notAnObject('no ELF file');
  if (bytes[4] !== ELFCLASS64 || bytes[5] !== ELFDATA2LSB) throw notAnObject('not 64 bit little endian');
  if (view.getUint16(18, true) !== EM_BPF) throw notAnObject('compiled for another machine than BPF');
  return view;
}

function readSections(bytes: Uint8Array, view: DataView): ElfSection[] {
  const start = Number(view.getBigUint64(40, true));
  const entrySize = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  const headers = Array.from({ length: count }, (_, index) => start + index * entrySize);
  const nameTable = contents(bytes, view, headers[view.getUint16(62, true)] ?? 0);
  return headers.map((header, index) => ({
    index,
    name: stringAt(nameTable, view.getUint32(header, true)),
    type: view.getUint32(header + 4, true),
    flags: Number(view.getBigUint64(header + 8, true)),
    bytes: contents(bytes, view, header),
    size: Number(view.getBigUint64(header + 32, true)),
  }));
}

function contents(bytes: Uint8Array, view: DataView, header: number): Uint8Array {
  if (view.getUint32(header + 4, true) === SHT_NOBITS) return new Uint8Array(0);
  const offset = Number(view.getBigUint64(header + 24, true));
  const size = Number(view.getBigUint64(header + 32, true));
  if (offset + size > bytes.byteLength) throw notAnObject('the file is cut short');
  return bytes.subarray(offset, offset + size);
}

const SYMBOL_SIZE = 24;

function readSymbols(sections: readonly ElfSection[]): ElfSymbol[] {
  const table = sections.find(section => section.type === SHT_SYMTAB);
  const names = sections.find(section => section.name === '.strtab');
  if (table === undefined || names === undefined) return [];
  const view = viewOf(table.bytes);
  return Array.from({ length: Math.floor(table.size / SYMBOL_SIZE) }, (_, index) => {
    const at = index * SYMBOL_SIZE;
    const info = view.getUint8(at + 4);
    return {
      name: stringAt(names.bytes, view.getUint32(at, true)),
      type: info & 0xf,
      binding: info >> 4,
      sectionIndex: view.getUint16(at + 6, true),
      value: Number(view.getBigUint64(at + 8, true)),
      size: Number(view.getBigUint64(at + 16, true)),
    };
  });
}

function notAnObject(text: string): BpfError {
  return new BpfError('EINVAL', 'read', 'BPF object', { text });
}
