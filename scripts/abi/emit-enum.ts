// Enums as const objects, with the header's sentence for each enumerator.
import type { EnumLayout } from 'libbpf-ts';
import type { DeclarationComments } from './header-comments.ts';
import { enumeratorPrefix, typeName } from './typescript-names.ts';

/** The counting enumerator that closes an enum: a size, not one of its values. */
const SENTINEL = /_MAX$/;

export function emitEnum(layout: EnumLayout, comments: DeclarationComments | undefined): string {
  const name = typeName(layout.name);
  const names = layout.values.map(value => value.name);
  const prefix = enumeratorPrefix(layout.name, names);
  const values = layout.values.filter(value => !SENTINEL.test(value.name));
  const sentinels = layout.values.filter(value => SENTINEL.test(value.name));
  const entries = values.map(value => `${value.name.slice(prefix.length)}: ${value.value},`);
  return [
    `/** enum ${layout.name}${comments === undefined ? '' : ` (${comments.file})`} */`,
    `export const ${name} = {\n${entries.join('\n')}\n} as const;`,
    `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
    ...sentinels.map(value => `export const ${value.name} = ${value.value};`),
    emitTexts(
      name,
      values.map(value => [value.name, value.name.slice(prefix.length)] as const),
      comments,
    ),
  ].join('\n');
}

/** What the header says about each enumerator: for people who read counters and tables. */
function emitTexts(
  name: string,
  values: readonly (readonly [cName: string, name: string])[],
  comments: DeclarationComments | undefined,
): string {
  if (comments === undefined || comments.comments.size === 0) return '';
  const texts = values.map(
    ([cName, short]) => `${short}: ${JSON.stringify(comments.comments.get(cName) ?? '')},`,
  );
  const constant = `${name.charAt(0).toLowerCase()}${name.slice(1)}Texts`;
  return `export const ${constant}: Readonly<Record<keyof typeof ${name}, string>> = {\n${texts.join('\n')}\n};`;
}
