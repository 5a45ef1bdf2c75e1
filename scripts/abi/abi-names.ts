// Names and types of the generated ABI that are Heddle's own.
import { camelCase, type NamedTypes } from 'libbpf-ts';

/** `route_key` to `routeKeyLayout`. */
export function layoutName(cName: string): string {
  return `${camelCase(cName)}Layout`;
}

/** C types whose values are branded text. */
export const BRANDED: NamedTypes = { addr: 'Addr', mac: 'Mac' };
