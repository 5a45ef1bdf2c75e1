// How C names look in TypeScript.
import { camelCase } from './names.ts';

/** `route_key` to `RouteKey`. */
export function typeName(cName: string): string {
  const camel = camelCase(cName);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** `HOOK_POD_TX` of `hook` to `POD_TX`: an enum's own first word says nothing new if all its names begin with it. */
export function enumeratorPrefix(cName: string, enumerators: readonly string[]): string {
  const prefix = `${(cName.split('_')[0] ?? '').toUpperCase()}_`;
  return enumerators.every(name => name.startsWith(prefix) && !/^\d/.test(name.slice(prefix.length)))
    ? prefix
    : '';
}

/** A documentation comment and its line's end; nothing for no text. */
export function jsDoc(text: string | undefined): string {
  return text === undefined ? '' : `/** ${text.replaceAll('*/', '* /')} */\n`;
}
