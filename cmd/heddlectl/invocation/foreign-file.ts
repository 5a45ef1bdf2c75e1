// A file that is not Heddle's: another program's configuration, or what kubectl prints. One that cannot be read is told in a
// sentence of ours: the parser's words are about characters, and not about what was given.
import { readFileSync, statSync } from 'node:fs';
import { parseAllDocuments, type Document, YAMLParseError } from 'yaml';
import { messageOf } from '../../../loader/errors.ts';
import { nameOf } from './manifest-documents.ts';
import { UsageError } from './usage-error.ts';

export interface ForeignFile {
  readonly text: string;
  /** JSON or YAML, as they are; never none. */
  readonly documents: readonly unknown[];
}

const STDIN = 0;

/** `expected` ends the sentence of the `UsageError` that it throws. */
export function foreignFile(path: string, expected: string): ForeignFile {
  const text = textOf(path, expected);
  const documents = parseAllDocuments(text).flatMap(document => {
    const value = valueOf(document);
    if (value instanceof Error) throw refusal(path, `neither JSON nor YAML${placeOf(value)}`, expected);
    return value === null || value === undefined ? [] : [value];
  });
  if (documents.length === 0) throw refusal(path, 'empty', expected);
  return { text, documents };
}

function textOf(path: string, expected: string): string {
  if (path === '-') return readFileSync(STDIN, 'utf8');
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw refusal(path, 'a directory', expected);
    if (!stat.isFile() && !stat.isFIFO()) throw refusal(path, 'no regular file', expected);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`file '${path}' cannot be read (${reasonOf(error)}): expected is ${expected}`);
  }
}

/** An error, too: aliases of aliases without bound are refused. */
function valueOf(document: Document): unknown {
  const [error] = document.errors;
  if (error !== undefined) return error;
  try {
    return document.toJS();
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

function placeOf(error: Error): string {
  const place = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
  if (place !== undefined) return ` (line ${place.line}, column ${place.col})`;
  return /alias/i.test(error.message) ? ' (its aliases have no end)' : '';
}

/** Without Node's ", open '…'". */
function reasonOf(error: unknown): string {
  return messageOf(error).replace(/, \w+ '.*'$/, '');
}

function refusal(path: string, what: string, expected: string): UsageError {
  return new UsageError(`file '${nameOf(path)}' is ${what}: expected is ${expected}`);
}
