// The objects of a file, of standard input or of all manifests of a directory: all of them are right, or every mistake is told.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { messageOf } from '../../../loader/errors.ts';
import { isManifestName } from '../../../loader/sources/manifests/directory.ts';
import { parseManifestFile } from '../../../loader/sources/objects/manifest-file.ts';
import { UsageError } from './usage-error.ts';

export interface ManifestDocument {
  readonly file: string;
  readonly value: unknown;
}

const STDIN = 0;

/** Throws `UsageError` with a line for each mistake, which begins with file and line number. */
export function documentsIn(path: string): ManifestDocument[] {
  const files = filesOf(path).map(file => ({ file: nameOf(file), text: readManifest(file) }));
  assertCorrect(files);
  return files.flatMap(({ file, text }) => valuesIn(text).map(value => ({ file, value })));
}

function valuesIn(text: string): unknown[] {
  return parseAllDocuments(text).flatMap(document => {
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : [value];
  });
}

/** The text of one file with one object, correct as far as that shows without the daemon; `-` is standard input. */
export function manifestText(path: string): string {
  const text = readManifest(path);
  const file = nameOf(path);
  assertCorrect([{ file, text }]);
  const { length } = valuesIn(text);
  if (length === 1) return text;
  throw new UsageError(
    `file '${file}' has ${length === 0 ? 'no object' : `${length} objects`}, and one policy is expected: ` +
      `'heddlectl apply' takes all of a file or a directory in one step`,
  );
}

function assertCorrect(files: readonly { readonly file: string; readonly text: string }[]): void {
  const mistakes = files.flatMap(({ file, text }) => {
    const { objects, problems } = parseManifestFile(file, text, 'written');
    return objects === undefined ? problems : [];
  });
  if (mistakes.length > 0) throw new UsageError(mistakes.join('\n'));
}

/** In sentences. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

export function readManifest(path: string): string {
  try {
    return readFileSync(path === '-' ? STDIN : path, 'utf8');
  } catch (error) {
    throw new UsageError(`file '${path}' cannot be read: ${messageOf(error)}`);
  }
}

/** Of a directory, the files that the manifests source would read. */
export function filesOf(path: string): string[] {
  try {
    if (path === '-' || !statSync(path).isDirectory()) return [path];
    const files = readdirSync(path)
      .filter(isManifestName)
      .sort()
      .map(name => join(path, name));
    const odd = files.filter(file => !statSync(file).isFile()); // to open a FIFO waits for its writer
    if (odd.length === 0) return files;
    throw new RangeError(`not regular files: ${odd.join(', ')}`);
  } catch (error) {
    throw new UsageError(`'${path}' cannot be read: ${messageOf(error)}`);
  }
}
