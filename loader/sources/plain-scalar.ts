// The scalars of YAML 1.2 that have only one reading, as machines write them; whatever else there is, the whole parser reads.

/** What is no scalar of this kind. */
export const UNSURE: unique symbol = Symbol('unsure');

export type Scalar = string | number | boolean | null;

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** In whatever spelling: some are these words, some are text. */
const WORD = /^(?:true|false|null)$/i;
const WHOLE = /^(?:0|[1-9]\d{0,14})$/;
const LETTERS_FIRST = /^[A-Za-z/][\w./@+=:,()-]*(?: [\w./@+=:,()-]+)*$/;
const DIGITS_FIRST = /^\d[\w./:-]*$/;
const DOUBLE_QUOTED = /^"[^"\\]*"$/;
const SINGLE_QUOTED = /^'[^']*'$/;

/** `text` is all of a line behind its key or dash, without spaces around it. */
export function plainScalar(text: string): Scalar | typeof UNSURE {
  const first = text.charCodeAt(0);
  if (first === 0x22) return DOUBLE_QUOTED.test(text) ? ownText(text.slice(1, -1)) : UNSURE;
  if (first === 0x27) return SINGLE_QUOTED.test(text) ? ownText(text.slice(1, -1)) : UNSURE;
  if (WHOLE.test(text)) return Number(text);
  if (DIGITS_FIRST.test(text) && !text.endsWith(':'))
    return Number.isNaN(Number(text)) ? ownText(text) : UNSURE; // '1e3', '0x1f', '1.'
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (WORD.test(text) || !LETTERS_FIRST.test(text) || text.endsWith(':') || text.includes(': '))
    return UNSURE;
  return ownText(text);
}

/** V8 shares its parts with the text that they are cut out of up to this length. */
const SHARED_LENGTH = 13;

/** Not a part of the file's text, which would stay in memory for as long as its shortest name. */
function ownText(text: string): string {
  return text.length < SHARED_LENGTH ? text : Buffer.from(text).toString();
}
