// One file of manifests: YAML or JSON, any number of documents, each read as far as it can be.
import { isNode, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { messageOf } from '../../errors.ts';
import type { ClusterObject } from './cluster-object.ts';
import type { FieldProblem } from './field-problem.ts';
import type { Strictness } from './policy-fields.ts';
import { mistakesOf, readObject, type ReadObject } from './read-object.ts';

/** Aliases of aliases grow without bound; people write a handful. */
const MAX_ALIASES = 100;

export interface ManifestFile {
  /** `undefined`: nothing in it can be read. */
  readonly objects: readonly ClusterObject[] | undefined;
  /** A document means nothing, or all of them: what the file said before of other objects stays active. */
  readonly isBroken: boolean;
  /** Whole sentences that begin with file and line. */
  readonly problems: readonly string[];
}

/** `path` is only named in problems. `written`: the whole file, or all of its mistakes. */
export function parseManifestFile(
  path: string,
  text: string,
  strictness: Strictness = 'stored',
): ManifestFile {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  const objects: ClusterObject[] = [];
  const problems: string[] = [];
  const refused: string[] = [];
  let isBroken = false;
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined)
      return broken([
        ...refused,
        `${path}:${error.linePos?.[0].line ?? 1}: not valid YAML: ${firstClause(error.message)}`,
      ]);
    const read = readDocument(document, strictness);
    const located = (problem: FieldProblem) =>
      `${path}:${lineOf(document, lines, problem.path)}: ${problem.sentence}`;
    if ('objects' in read) {
      objects.push(...read.objects);
      problems.push(...read.problems.map(located));
      isBroken ||= read.isBroken === true;
      continue;
    }
    if (strictness === 'written') refused.push(...mistakesOf(read).map(located));
    else {
      isBroken ||= read.problem.isHarmless !== true;
      problems.push(located(read.problem));
    }
  }
  if (refused.length > 0) return broken(refused);
  const isLost = isBroken && objects.length === 0;
  return { objects: isLost ? undefined : objects, problems, isBroken };
}

function readDocument(document: Document, strictness: Strictness): ReadObject {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return { problem: { path: [], sentence: messageOf(error) } };
  }
  if (value === null || value === undefined) return { objects: [], problems: [] }; // as a trailing --- makes it
  return readObject(value, strictness);
}

/** Of the field, or of the nearest thing around it that is written down. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return lines.linePos(document.contents?.range?.[0] ?? 0).line;
}

function broken(problems: readonly string[]): ManifestFile {
  return { objects: undefined, problems, isBroken: true };
}

function firstClause(message: string): string {
  const clause = message.split(/ at line \d+|:?\n/)[0] ?? message;
  return clause.replace(/^\w/, letter => letter.toLowerCase());
}
