// The YAML documents of a file, or of all manifests of a directory.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { messageOf } from '../../../loader/errors.ts';
import { isManifestName } from '../../../loader/sources/manifests/directory.ts';
import { UsageError } from './usage-error.ts';

/** Unvalidated objects. Throws `UsageError` for a file that is not YAML or cannot be read. */
export function documentsIn(path: string): unknown[] {
  return filesOf(path).flatMap(file =>
    parseAllDocuments(readFileSync(file, 'utf8')).flatMap(document => {
      const [error] = document.errors;
      if (error !== undefined) throw new UsageError(`${file}: ${error.message}`);
      const value: unknown = document.toJS();
      return value === null || value === undefined ? [] : [value];
    }),
  );
}

/** Of a directory, the files that the manifests source would read. */
export function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter(isManifestName)
      .sort()
      .map(name => join(path, name));
  } catch (error) {
    throw new UsageError(`'${path}' cannot be read: ${messageOf(error)}`);
  }
}
