// How bytes of a C type are to be read, taken from BTF.
import { btfDoc, btfType } from './btf.ts';
import type { Btf, BtfArray, BtfComposite, BtfType } from './btf-types.ts';
import { BpfError } from './errors.ts';
import { camelCase, isPaddingName } from './names.ts';

interface Sized<Kind extends string> {
  readonly kind: Kind;
  /** C name: of the outermost typedef, else of the type itself; '' if it has none. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export interface IntLayout extends Sized<'int'> {
  readonly signed: boolean;
  /** Network byte order: a typedef `__be16`, `__be32` or `__be64` is on the way to it. */
  readonly bigEndian: boolean;
  readonly bool: boolean;
  /** Plain `char`: arrays of it are texts. */
  readonly char: boolean;
}
export interface EnumLayout extends Sized<'enum'> {
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: number | bigint }[];
}
export interface ArrayLayout extends Sized<'array'> {
  readonly length: number;
  readonly element: Layout;
}
export interface MemberLayout {
  /** camelCase; '' for an anonymous struct or union, whose members count as the parent's. */
  readonly name: string;
  readonly cName: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly layout: Layout;
  /** Only fills space (`pad…`, `reserved…`): written as zeros, not read. */
  readonly padding: boolean;
  /** From `btf_decl_tag("doc:…")`. */
  readonly doc?: string;
}
export interface StructLayout extends Sized<'struct' | 'union'> {
  readonly members: readonly MemberLayout[];
}
export type OpaqueLayout = Sized<'pointer' | 'float' | 'void'>;

export type Layout = IntLayout | EnumLayout | ArrayLayout | StructLayout | OpaqueLayout;

/** The layout of a type, by BTF id or by C name (a struct, union, enum or typedef, in this order). */
export function layoutOf(btf: Btf, type: number | string): Layout {
  return layout(btf, typeof type === 'number' ? btfType(btf, type) : namedType(btf, type), OUTSIDE);
}

function namedType(btf: Btf, name: string): BtfType {
  for (const kind of ['struct', 'union', 'enum', 'typedef', 'int'] as const) {
    const found = btf.types.find(type => type.kind === kind && type.name === name);
    if (found !== undefined) return found;
  }
  throw new BpfError('ENOENT', 'find type', name, { text: 'the BTF has no type of that name' });
}

/** What is known of a type from above: its typedefs, and how deep it lies. */
interface Context {
  readonly name: string;
  readonly bigEndian: boolean;
  readonly depth: number;
}

const OUTSIDE: Context = { name: '', bigEndian: false, depth: 0 };

/**
 * What the kernel keeps in map values for itself (linux/bpf.h). Older headers leave the bytes unnamed, newer ones call them
 * `__opaque`: a layout does not depend on which of them were there.
 */
const KERNELS_OWN = new Set([
  'bpf_timer',
  'bpf_spin_lock',
  'bpf_wq',
  'bpf_dynptr',
  'bpf_list_head',
  'bpf_rb_root',
]);

/** Deeper than C code goes: BTF that contains itself, which no compiler writes. */
const DEPTH_MAX = 64;

function inside({ depth }: Context): Context {
  if (depth >= DEPTH_MAX) throw new BpfError('EINVAL', 'lay out', 'BTF', { text: 'a type contains itself' });
  return { name: '', bigEndian: false, depth: depth + 1 };
}

function layout(btf: Btf, type: BtfType, above: Context): Layout {
  const name = above.name || type.name;
  switch (type.kind) {
    case 'typedef':
      return layout(btf, btfType(btf, type.type), {
        ...inside(above),
        name,
        bigEndian: above.bigEndian || /^__be(16|32|64)$/.test(type.name),
      });
    case 'const':
    case 'volatile':
    case 'restrict':
    case 'typeTag':
      return layout(btf, btfType(btf, type.type), { ...above, depth: inside(above).depth });
    case 'int': {
      const { kind, size, signed, bool } = type;
      // clang tells plain char only by its name; BTF's own flag for it is left unset.
      const char = type.char || type.name === 'char';
      return { kind, name, size, signed, bool, char, bigEndian: above.bigEndian };
    }
    case 'enum':
      return { kind: 'enum', name, size: type.size, signed: type.signed, values: type.values };
    case 'array':
      return arrayLayout(btf, type, { ...above, name });
    case 'struct':
    case 'union':
      return {
        ...{ kind: type.kind, name, size: type.size },
        members: KERNELS_OWN.has(type.name) ? [] : memberLayouts(btf, type, inside(above)),
      };
    case 'ptr':
      return { kind: 'pointer', name, size: 8 };
    case 'float':
      return { kind: 'float', name, size: type.size };
    default:
      return { kind: 'void', name, size: 0 };
  }
}

function arrayLayout(btf: Btf, type: BtfArray, above: Context): ArrayLayout {
  const element = layout(btf, btfType(btf, type.element), inside(above));
  return { kind: 'array', name: above.name, size: element.size * type.length, length: type.length, element };
}

function memberLayouts(btf: Btf, type: BtfComposite, context: Context): MemberLayout[] {
  return type.members.map((member, index) => {
    if (member.bitSize !== 0) {
      const text = 'bit-fields have no layout; give the member whole bytes';
      throw new BpfError('EINVAL', 'lay out', `${type.name}.${member.name}`, { text });
    }
    const doc = btfDoc(btf, type.id, index);
    return {
      name: camelCase(member.name),
      cName: member.name,
      offset: member.bitOffset / 8,
      layout: layout(btf, btfType(btf, member.type), context),
      padding: isPaddingName(member.name),
      ...(doc === undefined ? {} : { doc }),
    };
  });
}
