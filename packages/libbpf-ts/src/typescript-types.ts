// Which TypeScript type a layout's values have: what codecs of the layout read and write.
import type { Layout, MemberLayout, StructLayout } from './layout.ts';
import { jsDoc, typeName } from './typescript-names.ts';

/** TypeScript types by C name, for types with codecs of their own: `{ addr: 'Addr' }`. */
export type NamedTypes = Readonly<Record<string, string>>;

export function valueType(layout: Layout, named: NamedTypes = {}): string {
  const own = Object.hasOwn(named, layout.name) ? named[layout.name] : undefined;
  if (own !== undefined) return own;
  switch (layout.kind) {
    case 'int':
      return layout.bool ? 'boolean' : layout.size === 8 ? 'bigint' : 'number';
    case 'enum':
      return layout.name !== '' ? typeName(layout.name) : layout.size === 8 ? 'bigint' : 'number';
    case 'array':
      if (layout.element.kind === 'int' && layout.element.size === 1 && !layout.element.bool) {
        return layout.element.char ? 'string' : 'Uint8Array';
      }
      return `readonly ${elementType(valueType(layout.element, named))}[]`;
    case 'struct':
    case 'union':
      if (layout.name !== '') return typeName(layout.name);
      return `{ ${memberTypes(layout, { named }).join('; ')} }`;
    case 'pointer':
      return 'bigint';
    default:
      return 'unknown'; // it has no codec
  }
}

/** As the element of an array type. */
export function elementType(type: string): string {
  return /^readonly |\|/.test(type) ? `(${type})` : type;
}

export interface MemberOptions {
  readonly named?: NamedTypes;
  /** Sentences by C name, for members whose BTF has none. */
  readonly docs?: ReadonlyMap<string, string>;
}

/** `readonly next: number` for each member that values have. An anonymous member's own members are its parent's. */
export function memberTypes(
  layout: StructLayout,
  options: MemberOptions = {},
  isOptional = layout.kind === 'union',
): string[] {
  return layout.members.flatMap(member => {
    const { layout: inner, name, padding } = member;
    if (padding) return [];
    if (name === '' && (inner.kind === 'struct' || inner.kind === 'union')) {
      return memberTypes(inner, options, isOptional || inner.kind === 'union');
    }
    return [memberType(member, options, isOptional)];
  });
}

/** A union is written through the one member that the value has. */
function memberType(member: MemberLayout, { named, docs }: MemberOptions, isOptional: boolean): string {
  const doc = jsDoc(member.doc ?? docs?.get(member.cName));
  return `${doc}readonly ${member.name}${isOptional ? '?' : ''}: ${valueType(member.layout, named)}`;
}

/** The declaration of a named struct's or union's values; `where` follows its name in the comment. */
export function emitInterface(layout: StructLayout, options: MemberOptions = {}, where = ''): string {
  const members = memberTypes(layout, options).map(member => `${member};\n`);
  return `/** ${layout.kind} ${layout.name}${where} */\nexport interface ${typeName(layout.name)} {\n${members.join('')}}\n`;
}
