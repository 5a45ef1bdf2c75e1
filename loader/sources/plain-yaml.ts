/**
 * YAML as machines write it: block maps and lists of scalars that have only one reading. Some ten times as fast as the
 * parser for all of YAML, and it answers only what that one would answer; anything else it leaves to it.
 */
import { plainScalar, UNSURE } from './plain-scalar.ts';

interface Line {
  /** Spaces before it. */
  readonly indent: number;
  readonly text: string;
}

interface Cursor {
  readonly lines: readonly Line[];
  at: number;
}

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
type Found = Value | typeof UNSURE;

/** A key that is text in every version of YAML, and what stands behind it. */
const ENTRY = /^(?:([A-Za-z_][\w./-]*)|"([^"\\]+)"):(?: +(.*))?$/;
const UNUSUAL_KEY = /^(?:true|false|null|__proto__)$/i;
const MARK = /^(?:\.\.\.|%)/;
const END = -1;

/** The document's value, or `UNSURE`. */
export function parsePlainYaml(text: string): unknown {
  const lines = linesOf(text);
  if (lines === undefined) return UNSURE;
  if (lines.length === 0) return null;
  const cursor: Cursor = { lines, at: 0 };
  const value = blockAt(cursor, indentAt(cursor));
  return cursor.at === lines.length ? value : UNSURE;
}

/** Undefined: something is there whose reading takes more than one line. */
function linesOf(text: string): readonly Line[] | undefined {
  if (/[\t\r\u{feff}\u2028\u2029]/u.test(text)) return undefined;
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const indent = line.length - line.trimStart().length;
    if (indent === 0 && MARK.test(line)) return undefined;
    lines.push({ indent, text: content });
  }
  return lines;
}

function indentAt({ lines, at }: Cursor): number {
  return lines[at]?.indent ?? END;
}

function textAt({ lines, at }: Cursor): string {
  return lines[at]?.text ?? '';
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

/** What begins at this line, all of whose lines have this indentation. */
function blockAt(cursor: Cursor, indent: number): Found {
  return isItem(textAt(cursor)) ? listAt(cursor, indent) : mapAt(cursor, indent);
}

function listAt(cursor: Cursor, indent: number): Found {
  const items: Value[] = [];
  while (indentAt(cursor) === indent && isItem(textAt(cursor))) {
    const item = itemAt(cursor, indent);
    if (item === UNSURE) return UNSURE;
    items.push(item);
  }
  return indentAt(cursor) > indent ? UNSURE : items;
}

function itemAt(cursor: Cursor, indent: number): Found {
  const text = textAt(cursor).slice(1).trimStart();
  if (text === '' || isItem(text)) return UNSURE;
  if (!ENTRY.test(text)) {
    cursor.at++;
    return scalarOf(text);
  }
  // A map whose first key stands behind the dash: the others stand below it.
  const inner = indent + textAt(cursor).length - text.length;
  return mapAt(cursor, inner, text);
}

/** `first`: the first line without what it shares with the line around it. */
function mapAt(cursor: Cursor, indent: number, first?: string): Found {
  const map: { [key: string]: Value } = {};
  for (let text = first ?? textAt(cursor); ; text = textAt(cursor)) {
    const [, plain, quoted, rest = ''] = ENTRY.exec(text) ?? [];
    const key = plain ?? quoted;
    if (key === undefined || UNUSUAL_KEY.test(key) || Object.hasOwn(map, key)) return UNSURE;
    cursor.at++;
    const value = rest === '' ? valueBelow(cursor, indent) : scalarOf(rest);
    if (value === UNSURE) return UNSURE;
    map[key] = value;
    if (indentAt(cursor) > indent) return UNSURE; // a scalar that goes on
    if (indentAt(cursor) < indent || isItem(textAt(cursor))) return map;
  }
}

/** Of a key with nothing behind it; a list may stand as far to the left as the key. */
function valueBelow(cursor: Cursor, indent: number): Found {
  const below = indentAt(cursor);
  if (below > indent) return blockAt(cursor, below);
  return below === indent && isItem(textAt(cursor)) ? listAt(cursor, indent) : null;
}

function scalarOf(text: string): Found {
  if (text === '{}') return {};
  return text === '[]' ? [] : plainScalar(text);
}
