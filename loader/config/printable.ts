// Text of others for a terminal or a log: names, problems and files may hold characters that move a cursor, turn the order of what
// follows, show nothing, or begin a line of their own.

/** All control characters but tab and newline. */
const CONTROL = '\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f';
/** Separators of lines; what turns the direction of text; what shows nothing, but joiners, which emoji and scripts of India need. */
const UNSEEN =
  '\\u2028\\u2029\\p{Bidi_Control}\\u00ad\\u180e\\u200b\\u2060-\\u2064\\ufeff\\u{e0000}-\\u{e007f}';
/** Half of a character: nothing can encode it. */
const SURROGATE = '\\p{Surrogate}';

const HARMFUL = new RegExp(`[${CONTROL}${UNSEEN}${SURROGATE}]`, 'gu');

/** As it is, with such characters as `\x1b` or `\u202e`; lines stay lines. */
export function printable(text: string): string {
  return text.replace(HARMFUL, escaped);
}

/** The same of what has to stay on one line: a cell, a name. */
export function oneLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, escaped);
}

/** Of valid JSON, whose strings alone can have them. JSON itself escapes neither DEL nor C1. */
export function printableJson(json: string): string {
  return json.replace(HARMFUL, character =>
    units(character)
      .map(unit => `\\u${hex(unit, 4)}`)
      .join(''),
  );
}

/** Within a double-quoted string of YAML. */
export function printableYaml(yaml: string): string {
  return yaml.replace(HARMFUL, character => `\\U${hex(character.codePointAt(0) ?? 0, 8)}`);
}

export function isPrintable(text: string): boolean {
  return text.search(HARMFUL) < 0;
}

function units(character: string): number[] {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 0)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
