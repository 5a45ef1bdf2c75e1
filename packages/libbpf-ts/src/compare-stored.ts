// Whether values that were stored under one layout can be read under another: by offset and type, since bytes have no names.
import { compareLayouts } from './compare-layouts.ts';
import type { Layout, MemberLayout, StructLayout } from './layout.ts';

/**
 * Differences of `b` from `a` that change the meaning of bytes already stored. A member under another name is none, nor is one
 * that has grown into reserved bytes, which are zero: older values have it as zero, older programs pass it over.
 */
export function compareStoredLayouts(a: Layout, b: Layout, path = a.name || b.name || 'type'): string[] {
  return compareByOffset(a, b, { path, mayGrow: isReserved });
}

/** As `compareStoredLayouts`, of keys: a member in bytes that were padding is a difference, since look-ups compare all bytes. */
export function compareKeyLayouts(a: Layout, b: Layout, path = a.name || b.name || 'type'): string[] {
  return compareByOffset(a, b, { path, mayGrow: () => false });
}

interface Comparison {
  readonly path: string;
  /** Whether one side may lack the member. */
  readonly mayGrow: (layout: StructLayout, member: MemberLayout) => boolean;
}

function compareByOffset(a: Layout, b: Layout, comparison: Comparison): string[] {
  const { path, mayGrow } = comparison;
  if (!isStruct(a) || !isStruct(b)) return compareLayouts(a, b, path);
  if (a.size !== b.size) return [`${path}: ${a.size} bytes, not ${b.size}`];
  const known = fieldsOf(a);
  const declared = fieldsOf(b);
  return [
    ...known.flatMap(member => compareField(member, b, comparison)),
    ...declared
      .filter(member => fieldAt(a, member.offset) === undefined && !mayGrow(a, member))
      .map(member => `${path}.${member.cName}: at offset ${member.offset} is new`),
  ];
}

function compareField(member: MemberLayout, b: StructLayout, comparison: Comparison): string[] {
  const other = fieldAt(b, member.offset);
  const path = `${comparison.path}.${member.cName}`;
  if (other !== undefined) return compareByOffset(member.layout, other.layout, { ...comparison, path });
  return comparison.mayGrow(b, member) ? [] : [`${path}: at offset ${member.offset} is gone`];
}

function isStruct(layout: Layout): layout is StructLayout {
  return layout.kind === 'struct';
}

function fieldsOf({ members }: StructLayout): readonly MemberLayout[] {
  return members.filter(({ padding }) => !padding);
}

function fieldAt(layout: StructLayout, offset: number): MemberLayout | undefined {
  return fieldsOf(layout).find(member => member.offset === offset);
}

/** Whether only padding and reserved bytes are where the member is. */
function isReserved(layout: StructLayout, { offset, layout: { size } }: MemberLayout): boolean {
  const end = offset + size;
  return !fieldsOf(layout).some(member => member.offset < end && offset < member.offset + member.layout.size);
}
