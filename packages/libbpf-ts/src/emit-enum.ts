// Enums as const objects, with a sentence for each enumerator where there is one.
import type { EnumLayout } from './layout.ts';
import { enumeratorPrefix, typeName } from './typescript-names.ts';

/** The counting enumerator that closes an enum: a size, not one of its values. */
const SENTINEL = /_MAX$/;

/** What is known of an enum beside its BTF. */
export interface EnumDocs {
  /** The header that declares it. */
  readonly file: string;
  /** One sentence by the C name of an enumerator; those without a comment are absent. */
  readonly comments: ReadonlyMap<string, string>;
}

/** A const object of the values, the type of the same name, and the sentences of its enumerators, for people who read counters. */
export function emitEnum(layout: EnumLayout, docs?: EnumDocs): string {
  const name = typeName(layout.name);
  const names = layout.values.map(value => value.name);
  const prefix = enumeratorPrefix(layout.name, names);
  const values = layout.values.filter(value => !SENTINEL.test(value.name));
  const sentinels = layout.values.filter(value => SENTINEL.test(value.name));
  const entries = values.map(value => `${value.name.slice(prefix.length)}: ${numeral(layout, value.value)},`);
  return [
    `/** enum ${layout.name}${docs === undefined ? '' : ` (${docs.file})`} */`,
    `export const ${name} = {\n${entries.join('\n')}\n} as const;`,
    `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
    ...sentinels.map(value => `export const ${value.name} = ${numeral(layout, value.value)};`),
    emitTexts(
      name,
      values.map(value => [value.name, value.name.slice(prefix.length)] as const),
      docs,
    ),
  ].join('\n');
}

/** Values are bigint where codecs read bigint. */
function numeral({ size }: EnumLayout, value: number | bigint): string {
  return size === 8 ? `${value}n` : String(value);
}

function emitTexts(
  name: string,
  values: readonly (readonly [cName: string, name: string])[],
  docs: EnumDocs | undefined,
): string {
  if (docs === undefined || docs.comments.size === 0) return '';
  const texts = values.map(
    ([cName, short]) => `${short}: ${JSON.stringify(docs.comments.get(cName) ?? '')},`,
  );
  const constant = `${name.charAt(0).toLowerCase()}${name.slice(1)}Texts`;
  return `export const ${constant}: Readonly<Record<keyof typeof ${name}, string>> = {\n${texts.join('\n')}\n};`;
}
