// The objects of a file, of standard input or of all manifests of a directory: all of them are right, or every mistake is told.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, type Document } from 'yaml';
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
  return files.flatMap(({ file, text }) =>
    parseAllDocuments(text).flatMap(document => {
      const value: unknown = document.toJS();
      return value === null || value === undefined ? [] : [{ file, value }];
    }),
  );
}

/** The documents of one file that is not Heddle's, as they are: another program's configuration, or what kubectl prints. */
export function foreignDocumentsIn(path: string): unknown[] {
  return parseAllDocuments(readManifest(path)).flatMap(document => {
    const [error] = document.errors;
    if (error !== undefined) throw notReadable(path, error);
    const value = valueOf(path, document);
    return value === null || value === undefined ? [] : [value];
  });
}

/** Aliases of aliases without bound are refused. */
function valueOf(path: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw notReadable(path, error);
  }
}

/** The parser's message goes on with the line itself and a mark below it. */
function notReadable(path: string, error: unknown): UsageError {
  const [reason = ''] = messageOf(error).split(/:?\n/);
  return new UsageError(`file '${path}' is not YAML or JSON: ${reason}`);
}

/** The text of one file, correct as far as that shows without the daemon; `-` is standard input. */
export function manifestText(path: string): string {
  const text = readManifest(path);
  assertCorrect([{ file: nameOf(path), text }]);
  return text;
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
