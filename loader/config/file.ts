// Reads settings from the text of a YAML file; every value keeps the line that it stands on.
import { isMap, isScalar, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Assignment, Assignments } from './assignment.ts';
import { configKeys } from './keys.ts';
import { didYouMean } from './nearest.ts';

const keys = new Set(configKeys.map(key => key.key));
const sections = new Set(configKeys.flatMap(({ key }) => sectionsOf(key)));

interface Place {
  readonly path: string;
  readonly lines: LineCounter;
}

/** `a` and `a.b` of `a.b.c`. */
function sectionsOf(key: string): string[] {
  const names = key.split('.').slice(0, -1);
  return names.map((_name, i) => names.slice(0, i + 1).join('.'));
}

/** `path` is only named in origins and problems. */
export function readConfigFile(path: string, text: string): Assignments {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = { path, lines };
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = (error.message.split(/ at line \d+|:?\n/)[0] ?? '').replace(/^\w/, letter =>
      letter.toLowerCase(),
    );
    return {
      assignments: [],
      problems: [`${path}:${error.linePos?.[0].line ?? 1} is not valid YAML: ${reason}`],
    };
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return { assignments: [], problems: [] };
  if (!isMap(document.contents))
    return { assignments: [], problems: [`${path} is no map: write one \`key: value\` a line`] };
  return readSection(document.contents, '', place);
}

function readSection(section: YAMLMap, prefix: string, place: Place): Assignments {
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  for (const pair of section.items as Pair<Node, Node | null>[]) {
    const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const read = readPair(prefix === '' ? name : `${prefix}.${name}`, pair, place);
    assignments.push(...read.assignments);
    problems.push(...read.problems);
  }
  return { assignments, problems };
}

function readPair(key: string, pair: Pair<Node, Node | null>, place: Place): Assignments {
  const origin = `${place.path}:${place.lines.linePos(pair.key.range?.[0] ?? 0).line}`;
  if (keys.has(key)) {
    const value: unknown = pair.value?.toJSON() ?? null;
    return { assignments: [{ key, value, origin, isText: false }], problems: [] };
  }
  if (!sections.has(key))
    return {
      assignments: [],
      problems: [`unknown key '${key}' at ${origin}${didYouMean(key, [...keys, ...sections])}`],
    };
  if (isMap(pair.value)) return readSection(pair.value, key, place);
  if (pair.value === null || (isScalar(pair.value) && pair.value.value === null))
    return { assignments: [], problems: [] };
  return {
    assignments: [],
    problems: [`'${key}' at ${origin} is a section: write its keys below it, indented`],
  };
}
