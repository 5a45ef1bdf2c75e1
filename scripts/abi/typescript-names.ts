// How C names look in TypeScript, and which TypeScript type a layout's values have.
import { camelCase, type Layout } from 'libbpf-ts';

/** `route_key` to `RouteKey`. */
export function typeName(cName: string): string {
  const camel = camelCase(cName);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** `route_key` to `routeKeyLayout`. */
export function layoutName(cName: string): string {
  return `${camelCase(cName)}Layout`;
}

/** `HOOK_POD_TX` of `hook` to `POD_TX`: an enum's own first word says nothing new if all its names begin with it. */
export function enumeratorPrefix(cName: string, enumerators: readonly string[]): string {
  const prefix = `${(cName.split('_')[0] ?? '').toUpperCase()}_`;
  return enumerators.every(name => name.startsWith(prefix)) ? prefix : '';
}

/** C types whose values are branded text. */
export const BRANDED: Readonly<Record<string, string>> = { addr: 'Addr', mac: 'Mac' };

/** The type of what a codec of the layout reads and writes. */
export function valueType(layout: Layout): string {
  const branded = BRANDED[layout.name];
  if (branded !== undefined) return branded;
  switch (layout.kind) {
    case 'int':
      return layout.bool ? 'boolean' : layout.size === 8 ? 'bigint' : 'number';
    case 'enum':
      return layout.name === '' ? 'number' : typeName(layout.name);
    case 'array':
      if (layout.element.kind === 'int' && layout.element.size === 1) {
        return layout.element.char ? 'string' : 'Uint8Array';
      }
      return `readonly ${valueType(layout.element)}[]`;
    case 'struct':
    case 'union':
      if (layout.name !== '') return typeName(layout.name);
      throw new Error('an unnamed struct of the ABI has no name in TypeScript either: name it');
    default:
      throw new Error(`values of kind ${layout.kind} do not belong into the ABI (${layout.name})`);
  }
}
