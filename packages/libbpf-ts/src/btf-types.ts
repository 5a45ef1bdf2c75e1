// The kinds of BTF (Documentation/bpf/btf.rst in the kernel), as a union.

export interface BtfMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 for a member that is no bit-field. */
  readonly bitSize: number;
}

export interface BtfEnumerator {
  readonly name: string;
  readonly value: number | bigint;
}

export interface BtfSectionVariable {
  readonly type: number;
  /** As the compiler left it; objects on disk have 0 here and the true offset in the symbol table. */
  readonly offset: number;
  readonly size: number;
}

interface Named<Kind extends string> {
  readonly id: number;
  readonly kind: Kind;
  readonly name: string;
}

export interface BtfInt extends Named<'int'> {
  readonly size: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly char: boolean;
  readonly bool: boolean;
}
/** Refers to one other type. */
interface Reference<Kind extends string> extends Named<Kind> {
  readonly type: number;
}
export type BtfQualifier =
  Reference<'volatile'> | Reference<'const'> | Reference<'restrict'> | Reference<'typeTag'>;
export type BtfReference = Reference<'ptr'> | Reference<'typedef'> | Reference<'func'> | BtfQualifier;
export interface BtfArray extends Named<'array'> {
  readonly element: number;
  readonly length: number;
}
interface Composite<Kind extends string> extends Named<Kind> {
  readonly size: number;
  readonly members: readonly BtfMember[];
}
export type BtfComposite = Composite<'struct'> | Composite<'union'>;
export interface BtfEnum extends Named<'enum'> {
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly BtfEnumerator[];
}
export type BtfForward = Named<'fwd' | 'void'>;
export interface BtfFunctionPrototype extends Named<'funcProto'> {
  readonly returnType: number;
  readonly parameters: readonly { readonly name: string; readonly type: number }[];
}
export interface BtfVariable extends Named<'var'> {
  readonly type: number;
}
export interface BtfDataSection extends Named<'datasec'> {
  readonly size: number;
  readonly variables: readonly BtfSectionVariable[];
}
export interface BtfFloat extends Named<'float'> {
  readonly size: number;
}
export interface BtfDeclarationTag extends Named<'declTag'> {
  readonly type: number;
  /** Which member or parameter is meant; -1 for the declaration itself. */
  readonly component: number;
}

export type BtfType =
  | BtfInt
  | BtfReference
  | BtfArray
  | BtfComposite
  | BtfEnum
  | BtfForward
  | BtfFunctionPrototype
  | BtfVariable
  | BtfDataSection
  | BtfFloat
  | BtfDeclarationTag;

export type BtfKind = BtfType['kind'];

/** The type information of an object or of a map in the kernel; ids are indices of `types`. */
export interface Btf {
  readonly types: readonly BtfType[];
}
