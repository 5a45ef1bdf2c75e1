// Text of others for a terminal or a log: names, problems and files may hold bytes that move a cursor, or begin a line of their own.

/** All control characters but tab, newline and colours of heddlectl (an escape, a bracket, digits and m). */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /\x1b(?!\[\d{1,2}m)|[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g;

/** As it is, with control characters as `\x1b`; lines stay lines. */
export function printable(text: string): string {
  return text.replace(CONTROL, escaped);
}

/** The same of what has to stay on one line: a cell, a name. */
export function oneLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, escaped);
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
