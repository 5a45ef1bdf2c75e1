// Our pages and what they name: spans in backquotes, commands in fences, and links.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Named {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** It begins a row of a table. */
  readonly isFirstCell: boolean;
}

export interface Page {
  readonly path: string;
  readonly spans: readonly Named[];
  readonly links: readonly Named[];
}

/** What `.gitignore` names; a checkout that is no repository, or somebody else's, has pages too. */
const IGNORED = new Set(['.git', '.tap', 'build', 'node_modules']);

/** Every file of the tree, from its root. */
export const TREE: readonly string[] = filesBelow('.');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.has(name))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** Its tables have a former name in their first column, which no longer exists. */
const RENAMES = '## Renamed before 1.0';

/** CHANGELOG.md is not read: it names things that no longer exist. */
export function readPages(): Page[] {
  const paths = TREE.filter(path => path.endsWith('.md') && path !== 'CHANGELOG.md');
  return paths.map(path => readPage(path, readFileSync(path, 'utf8')));
}

export function readPage(path: string, text: string): Page {
  const [spans, links]: [Named[], Named[]] = [[], []];
  let language: string | undefined;
  let isRenames = false;
  for (const [i, whole] of text.split('\n').entries()) {
    if (whole.startsWith('## ')) isRenames = whole === RENAMES;
    const line = isRenames ? whole.replace(/^\|[^|]*\|/, '|') : whole;
    const at = { page: path, line: i + 1, isFirstCell: false };
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence !== null) language = language === undefined ? (fence[1] ?? '') : undefined;
    else if (language === 'sh') spans.push({ ...at, text: line.replace(/\s+#.*$/, '').trim() });
    else if (language === undefined) {
      spans.push(
        ...Array.from(line.matchAll(/`([^`]+)`/g), ([, span = '']) => ({
          ...at,
          text: span,
          isFirstCell: line.startsWith(`| \`${span}\``),
        })),
      );
      links.push(
        ...Array.from(line.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => ({ ...at, text: link })),
      );
    }
  }
  return { path, spans, links };
}

/** A link to a file beside the page that is not there. */
export function brokenLink({ page, text }: Named): string | undefined {
  if (/^[a-z]+:/.test(text) || text.startsWith('#')) return undefined;
  const target = join(dirname(page), text.replace(/#.*$/, ''));
  return existsSync(target) ? undefined : `no file ${target}`;
}
