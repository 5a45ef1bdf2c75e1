// The documents of a file when all of them are plain: JSON as machines write it, or YAML without its many ways.
import { UNSURE } from './plain-scalar.ts';
import { parsePlainYaml } from './plain-yaml.ts';

const SEPARATOR = /^---[ ]*$/m;
/** Of JSON: on one line, as kubectl and Go write it, as JavaScript's tools do. */
const INDENTS = [0, 4, 2] as const;

/** `undefined`: the whole parser must look at it. Otherwise the same values that it would find. */
export function plainDocuments(text: string): readonly unknown[] | undefined {
  const values: unknown[] = [];
  for (const document of text.split(SEPARATOR)) {
    const value = document.trimStart().startsWith('{')
      ? parsePlainJson(document.trim())
      : parsePlainYaml(document);
    if (value === UNSURE) return undefined;
    values.push(value);
  }
  return values;
}

/** Only what comes out as it went in: not a key twice, nor numbers that JSON and YAML read differently. */
function parsePlainJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return UNSURE;
  }
  return INDENTS.some(indent => JSON.stringify(value, null, indent) === text) ? value : UNSURE;
}
