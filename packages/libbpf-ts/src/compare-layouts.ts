// Whether bytes written under one layout mean the same under another: every difference, not the first.
import type { ArrayLayout, EnumLayout, IntLayout, Layout, MemberLayout, StructLayout } from './layout.ts';

/**
 * Differences of `b` from `a`, one sentence each, with the path of the member; none if values of `a` can be read
 * as `b`. Names of types and new enumerators are no differences: they change no byte.
 */
export function compareLayouts(a: Layout, b: Layout, path = a.name || b.name || 'type'): string[] {
  return differences(a, b, path);
}

function differences(a: Layout, b: Layout, path: string): string[] {
  if (a.kind !== b.kind) return [`${path}: ${describe(a)}, not ${describe(b)}`];
  const sizes = a.size === b.size ? [] : [`${path}: ${a.size} bytes, not ${b.size}`];
  switch (a.kind) {
    case 'int':
      return [...sizes, ...compareInts(a, b as IntLayout, path)];
    case 'enum':
      return [...sizes, ...compareEnums(a, b as EnumLayout, path)];
    case 'array':
      return compareArrays(a, b as ArrayLayout, path);
    case 'struct':
    case 'union':
      return [...sizes, ...compareMembers(a, b as StructLayout, path)];
    default:
      return sizes;
  }
}

function describe(layout: Layout): string {
  return layout.name === '' ? `${layout.kind} of ${layout.size} bytes` : `${layout.kind} ${layout.name}`;
}

function compareInts(a: IntLayout, b: IntLayout, path: string): string[] {
  const found: string[] = [];
  const sign = (layout: IntLayout): string => (layout.signed ? 'signed' : 'unsigned');
  const order = (layout: IntLayout): string => (layout.bigEndian ? 'network byte order' : 'host byte order');
  if (a.signed !== b.signed) found.push(`${path}: ${sign(a)}, not ${sign(b)}`);
  if (a.bigEndian !== b.bigEndian) found.push(`${path}: ${order(a)}, not ${order(b)}`);
  return found;
}

function compareEnums(a: EnumLayout, b: EnumLayout, path: string): string[] {
  const values = new Map(b.values.map(({ name, value }) => [name, value]));
  return a.values.flatMap(({ name, value }) => {
    const other = values.get(name);
    if (other === undefined) return [`${path}: ${name} is gone`];
    return BigInt(other) === BigInt(value) ? [] : [`${path}: ${name} is ${value}, not ${other}`];
  });
}

function compareArrays(a: ArrayLayout, b: ArrayLayout, path: string): string[] {
  const lengths = a.length === b.length ? [] : [`${path}: ${a.length} elements, not ${b.length}`];
  return [...lengths, ...differences(a.element, b.element, `${path}[]`)];
}

function compareMembers(a: StructLayout, b: StructLayout, path: string): string[] {
  const others = keyed(b);
  const ours = keyed(a);
  const found: string[] = [];
  for (const [key, member] of ours) {
    const other = others.get(key);
    const at = `${path}.${member.cName || key}`;
    if (other === undefined) {
      found.push(`${at}: at offset ${member.offset} is gone`);
      continue;
    }
    if (member.offset !== other.offset) found.push(`${at}: at offset ${member.offset}, not ${other.offset}`);
    found.push(...differences(member.layout, other.layout, at));
  }
  for (const [key, member] of others) {
    if (!ours.has(key)) found.push(`${path}.${member.cName || key}: at offset ${member.offset} is new`);
  }
  return found;
}

/** Anonymous members have no name to be found by; their place among the anonymous ones serves. */
function keyed(layout: StructLayout): Map<string, MemberLayout> {
  let anonymous = 0;
  return new Map(layout.members.map(member => [member.cName || `<anonymous ${++anonymous}>`, member]));
}
