// Kinds of objects and a kind of source that are added to their unions do not compile: who has to say something of which.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { ROOT, typescriptFiles } from './architecture-tree.ts';

const KINDS = 'loader/model/kinds.ts';
const SOURCE_KINDS = 'loader/config/source-kinds.ts';

const SPEC =
  "group: 'x', version: 'v1', shortNames: [], scope: 'namespace', served: 'always', author: 'node'";

/** By file, text and what takes its place. All at once: a program takes seconds. */
const EDITS: Readonly<Record<string, readonly (readonly [before: string, after: string])[]>> = {
  [KINDS]: [
    ['export type ObjectKind =', "export type ObjectKind = 'Bare' | 'Routed' | 'Guard'"],
    [
      'export const KINDS = {',
      `export const KINDS = {
        Routed: { ${SPEC}, plural: 'routeds', collection: 'routeds', concerns: 'dataplane' },
        Guard: { ${SPEC}, plural: 'guards', collection: 'policies', concerns: 'policy' },`,
    ],
  ],
  [SOURCE_KINDS]: [['export type SourceKind =', "export type SourceKind = 'consul' |"]],
};

t.test('each table that lacks an entry names it, and nothing else has an error', t => {
  t.strictSame(missingByFile(), {
    // a kind that is only a name; the others have their rows
    [KINDS]: ['Bare'],
    'loader/model/objects.ts': ['Bare', 'Guard', 'Routed'],
    'loader/sources/objects/object-readers.ts': ['Bare', 'Guard', 'Routed'],
    // a collection of its own that tables depend on
    'loader/reconcilers/affects-dataplane.ts': ['routeds'],
    'loader/reconcilers/node-cells.ts': ['routeds'],
    // a kind of policy
    'loader/tables/policy-kind-numbers.ts': ['Guard'],
    // a kind of source: its settings and what it says of itself, and how it opens
    [SOURCE_KINDS]: ['consul'],
    'loader/agent/open-source.ts': ['consul'],
  });
  t.end();
});

/** Of every file that imports an edited one, by whatever way: no other can have a new error. */
function missingByFile(): Readonly<Record<string, readonly string[]>> {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...how) => {
    const text = editedText(relative(ROOT, path));
    return text === undefined ? read(path, ...how) : ts.createSourceFile(path, text, how[0], true);
  };
  const paths = importersOf(Object.keys(EDITS));
  const program = ts.createProgram({ rootNames: paths.map(path => join(ROOT, path)), options, host });
  const found = paths.flatMap(path => {
    const file = program.getSourceFile(join(ROOT, path));
    if (file === undefined) throw new Error(`${path} is not read`);
    const errors = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return errors.length === 0 ? [] : [[path, missingIn(errors)] as const];
  });
  return Object.fromEntries(found);
}

/** Properties that are missing, as the compiler says it. */
function missingIn(errors: readonly ts.Diagnostic[]): readonly string[] {
  const text = errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n');
  const one = [...text.matchAll(/Property '(\w+)' is missing in type/g)].map(([, name]) => name ?? '');
  const several = [...text.matchAll(/is missing the following properties from type .*: ([\w, ]+)$/gm)];
  return [...new Set([...one, ...several.flatMap(([, names]) => (names ?? '').split(', '))])].sort();
}

/** Undefined: it is as it lies there. */
function editedText(path: string): string | undefined {
  return EDITS[path]?.reduce(
    (text, [before, after]) => {
      if (text.split(before).length !== 2) throw new Error(`'${before}' is not once in ${path}`);
      return text.replace(before, after);
    },
    readFileSync(join(ROOT, path), 'utf8'),
  );
}

function importersOf(paths: readonly string[]): readonly string[] {
  const files = typescriptFiles(['loader', 'cmd', 'lab']);
  const found = new Set(paths);
  for (const each of found) for (const file of files) if (file.imports.includes(each)) found.add(file.path);
  return [...found].sort();
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), path => ts.sys.readFile(path)) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options;
}
