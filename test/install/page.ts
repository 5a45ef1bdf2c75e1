// docs/install.md as a script: of its section on plain machines, the commands and files in the order in which they stand.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import type { MachinePlan } from './machine.ts';

const PAGE = 'docs/install.md';
const SECTION = '## A plain machine';
const HEADING = '### ';
/** Chapters around which pods have something to do. */
export const [NODES, PODS, UPGRADE, REMOVAL] = ['Nodes', 'Pods', 'Upgrade and rollback', 'Removal'] as const;
/** At the end of a command that is for one release. */
const RELEASE = /^Debian (\d+)$/;
/** What is done where Heddle is built. */
const BUILDING = /^make /;

export interface PageFile {
  readonly kind: 'file';
  readonly path: string;
  readonly text: string;
}

export interface PageCommand {
  readonly kind: 'command';
  readonly text: string;
}

export type Action = PageFile | PageCommand;

/** What stands below a heading of the section. */
export interface Chapter {
  readonly title: string;
  readonly actions: readonly Action[];
}

interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** For a release of Debian. Throws where the page has not the chapters that pods wait for. */
export function chaptersFor(release: number, page = readFileSync(PAGE, 'utf8')): Chapter[] {
  const [, ...chapters] = sectionOf(page).split(`\n${HEADING}`);
  for (const title of [NODES, PODS, UPGRADE, REMOVAL])
    if (!chapters.some(chapter => chapter.startsWith(`${title}\n`)))
      throw new Error(`${PAGE} has no '${HEADING}${title}' in '${SECTION}'`);
  return chapters.map(chapter => {
    const lines = chapter.split('\n');
    const actions = blocksOf(lines).flatMap(block => actionsOf(block, release));
    return { title: lines[0] ?? '', actions };
  });
}

function sectionOf(page: string): string {
  const from = page.indexOf(`\n${SECTION}\n`);
  if (from < 0) throw new Error(`${PAGE} has no section '${SECTION}'`);
  const end = page.indexOf('\n## ', from + 1);
  return page.slice(from, end < 0 ? undefined : end);
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let open: { readonly language: string; readonly lines: string[] } | undefined;
  for (const line of lines) {
    const fence = /^```(\w*)/.exec(line);
    if (fence === null) {
      open?.lines.push(line);
      continue;
    }
    if (open !== undefined) blocks.push(open);
    open = open === undefined ? { language: fence[1] ?? '', lines: [] } : undefined;
  }
  return blocks;
}

function actionsOf({ language, lines }: Block, release: number): Action[] {
  if (language === 'sh') return lines.flatMap(line => commandOf(line, release));
  const [, path] = /^# (\/\S+)$/.exec(lines[0] ?? '') ?? [];
  if (path === undefined)
    throw new Error(`${PAGE}: a block of ${language} does not begin with '# /its/path'`);
  return [{ kind: 'file', path, text: `${lines.slice(1).join('\n')}\n` }];
}

function commandOf(line: string, release: number): PageCommand[] {
  const [text = '', comment = ''] = line.split(/\s+# /);
  const [, only] = RELEASE.exec(comment.trim()) ?? [];
  const isElsewhere = BUILDING.test(text) || (only !== undefined && Number(only) !== release);
  return text === '' || isElsewhere ? [] : [{ kind: 'command', text }];
}

const nodeObject = z.object({
  metadata: z.object({ name: z.string() }),
  status: z.object({ addresses: z.array(z.object({ address: z.string() })).min(1) }),
});
const podObject = z.object({ metadata: z.object({ name: z.string() }) });

/** The machines that the page's Node objects describe. */
export function plannedMachines(chapters: readonly Chapter[]): MachinePlan[] {
  return objectsOf(chapters, 'Node').map(object => {
    const { metadata, status } = nodeObject.parse(object);
    return { name: metadata.name, address: status.addresses[0]?.address ?? '' };
  });
}

/** In the order of the machines. */
export function podNames(chapters: readonly Chapter[]): string[] {
  return objectsOf(chapters, 'Pod').map(object => podObject.parse(object).metadata.name);
}

function objectsOf(chapters: readonly Chapter[], kind: string): unknown[] {
  const files = chapters.flatMap(({ actions }) => actions.filter(each => each.kind === 'file'));
  const objects = files.flatMap(({ text }) => parseAllDocuments(text).map(each => each.toJS() as unknown));
  const found = objects.filter(object => z.object({ kind: z.literal(kind) }).safeParse(object).success);
  if (found.length === 0)
    throw new Error(`${PAGE} has no object of kind ${kind} in its section on plain machines`);
  return found;
}
