// The source tree as the architecture test sees it: files, their lines, and what each one imports or includes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly lines: number;
  /** Paths from the root for files of ours, names for packages and Node's own modules; as written in C. */
  readonly imports: readonly string[];
}

export const ROOT = repositoryRoot();
const INCLUDE = /^#include ["<]([^">]+)[">]/gm;

/** Hand-written TypeScript below those folders; what a generator wrote is not. */
export function typescriptFiles(folders: readonly string[]): readonly SourceFile[] {
  return filesBelow(folders, path => /(?<!\.gen|\.d|\.gen\.d)\.ts$/.test(path)).map(path => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    return { path, lines: lineCount(text), imports: imports.map(name => resolved(path, name)) };
  });
}

/** Folders below those that hold files of any kind, themselves included, without what is built or installed. */
export function folders(roots: readonly string[]): readonly string[] {
  return [...new Set(filesBelow(roots, () => true).map(path => dirname(path)))].sort();
}

/** First cells of the table under a heading of a page, without backticks. */
export function tableKeys(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key = '']) => key);
}

export function cFiles(folders: readonly string[]): readonly SourceFile[] {
  return filesBelow(folders, path => /\.[ch]$/.test(path)).map(path => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return {
      path,
      lines: lineCount(text),
      imports: [...text.matchAll(INCLUDE)].map(match => match[1] ?? ''),
    };
  });
}

/** Whether a path from the root exists: a written include may be relative. */
export function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}

function filesBelow(folders: readonly string[], isWanted: (path: string) => boolean): string[] {
  return folders.flatMap(folder => {
    if (!exists(folder)) return [];
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
    return entries.flatMap(entry => {
      const path = join(folder, entry.name);
      if (entry.name === 'node_modules' || entry.name === 'build') return [];
      if (entry.isDirectory()) return filesBelow([path], isWanted);
      return isWanted(path) ? [path] : [];
    });
  });
}

function resolved(importer: string, name: string): string {
  return name.startsWith('.') ? normalize(join(dirname(importer), name)) : name;
}

function lineCount(text: string): number {
  return text.split('\n').length - 1;
}

/** Tests run bundled, somewhere below the root. */
function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (folder === dirname(folder)) throw new Error('the test does not run below a repository');
    folder = dirname(folder);
  }
  return folder;
}
