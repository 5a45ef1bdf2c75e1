// Files that a page names: whole paths, paths from the page's folder, and bare names of what is in the tree.
import { basename, dirname, join } from 'node:path';
import { TREE, type Named } from './pages.ts';

const ROOTS = new Set(TREE.filter(path => path.includes('/')).map(path => path.split('/')[0]));
const FOLDERS = new Set(TREE.flatMap(foldersAbove));
const NAMES = new Set(TREE.map(path => basename(path)));
const FILE_NAME = /^[\w*<>-]+(\.[\w*<>-]+)*\.(ts|mjs|c|h|proto|mk)$/;
const PATH = /^[\w.*<>{},-]+(\/[\w.*<>{},-]+)*\/?$/;

/** What is named and not there; `undefined` also when the text is not a path of ours. */
export function missingFile({ page, text }: Named): string | undefined {
  if (FILE_NAME.test(text)) return isNamed(text) ? undefined : `no file is named ${text}`;
  const isOurs = text.includes('/') && PATH.test(text) && ROOTS.has(text.split('/')[0]);
  if (!isOurs) return undefined;
  const path = text.replace(/\/$/, '');
  return exists(path) || exists(join(dirname(page), path)) ? undefined : `no file ${text}`;
}

function isNamed(name: string): boolean {
  return NAMES.has(name) || [...NAMES].some(other => patternOf(name).test(other));
}

function exists(path: string): boolean {
  if (FOLDERS.has(path) || TREE.includes(path)) return true;
  const pattern = patternOf(path);
  return TREE.some(file => pattern.test(file)) || [...FOLDERS].some(folder => pattern.test(folder));
}

/** `*` and `<placeholder>` stand for any part of a name. */
function patternOf(path: string): RegExp {
  const parts = path.split(/\*|<[^>]*>/).map(part => part.replaceAll(/[.{},]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? [] : [folder, ...foldersAbove(folder)];
}
