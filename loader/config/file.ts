// Reads settings from the text of a YAML file; every value keeps its line number.
import {
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import type { Assignments } from './assignment.ts';
import { configKeys } from './keys.ts';
import { assign, settingsByName } from './former-names.ts';
import { didYouMean } from './nearest.ts';

const byKey = settingsByName('key');
const sections = new Set([...byKey.keys()].flatMap(sectionsOf));
/** For hints: former names are not suggested. */
const currentNames = configKeys.flatMap(({ key }) => [key, ...sectionsOf(key)]);
const NOTHING: Assignments = { assignments: [], problems: [] };

interface Place {
  readonly path: string;
  readonly lines: LineCounter;
}

/** `a` and `a.b` of `a.b.c`. */
function sectionsOf(key: string): string[] {
  const names = key.split('.').slice(0, -1);
  return names.map((_name, i) => names.slice(0, i + 1).join('.'));
}

/** `path` is used in origins and problems only. */
export function readConfigFile(path: string, text: string): Assignments {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = { path, lines };
  const [error] = document.errors;
  if (error !== undefined)
    return refused(`${path}:${error.linePos?.[0].line ?? 1} is not valid YAML: ${reasonOf(error)}`);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return NOTHING;
  if (!isMap(document.contents)) return refused(`${path} is not a map: write one \`key: value\` a line`);
  const kind: unknown = document.contents.get('kind');
  if (document.contents.has('apiVersion') && typeof kind === 'string')
    return refused(
      `${path} is a Kubernetes object (kind ${kind}), and no settings: write what stands below its data.'heddled.yaml', without the indentation`,
    );
  return readSection(document.contents, '', place);
}

/** The parser's words, but for those that are about its own functions. */
function reasonOf({ code, message }: Pick<YAMLParseError, 'code' | 'message'>): string {
  if (code === 'MULTIPLE_DOCS') return "it has several documents: write one, without a line '---'";
  return (message.split(/ at line \d+|:?\n/)[0] ?? '').replace(/^\w/, letter => letter.toLowerCase());
}

function readSection(section: YAMLMap, prefix: string, place: Place): Assignments {
  const pairs = section.items as Pair<Node, Node | null>[];
  const read = pairs.map(pair => {
    const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    return readPair(prefix === '' ? name : `${prefix}.${name}`, pair, place);
  });
  return {
    assignments: read.flatMap(({ assignments }) => assignments),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readPair(key: string, pair: Pair<Node, Node | null>, place: Place): Assignments {
  const origin = `${place.path}:${place.lines.linePos(pair.key.range?.[0] ?? 0).line}`;
  const named = byKey.get(key);
  if (named !== undefined) {
    const value: unknown = pair.value?.toJSON() ?? null;
    const assignment = assign(named, { value, origin, isText: false });
    return { assignments: [assignment], problems: [] };
  }
  if (!sections.has(key)) return refused(`unknown key '${key}' at ${origin}${hintFor(key)}`);
  if (isMap(pair.value)) return readSection(pair.value, key, place);
  if (pair.value === null || (isScalar(pair.value) && pair.value.value === null)) return NOTHING;
  return refused(`'${key}' at ${origin} is a section: write its keys below it, indented`);
}

/** A key with the right name at the wrong depth is one of another indentation. */
function hintFor(key: string): string {
  const name = key.split('.').at(-1);
  const [namesake, ...more] = configKeys.filter(each => each.key.split('.').at(-1) === name);
  if (namesake === undefined || more.length > 0) return didYouMean(key, currentNames);
  const section = sectionsOf(namesake.key).at(-1);
  const where = section === undefined ? 'without indentation' : `below '${section}:', indented`;
  return `, did you mean ${namesake.key}? Write it ${where}`;
}

function refused(problem: string): Assignments {
  return { ...NOTHING, problems: [problem] };
}
