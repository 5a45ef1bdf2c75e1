// Where a member of a generated struct lies.
import type { StructLayout } from 'libbpf-ts';

/** Bytes `start` to `end` of the struct. Throws what only another `abi.gen.ts` could make wrong. */
export function memberBytes(
  layout: StructLayout,
  name: string,
): { readonly start: number; readonly end: number } {
  const member = layout.members.find(each => each.name === name);
  if (member === undefined) throw new RangeError(`struct ${layout.name} has no member ${name}`);
  return { start: member.offset, end: member.offset + member.layout.size };
}
