// A kind of object or of source that is added, and nothing else, does not compile: these files, and no others, say so.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { ROOT, typescriptFiles } from './architecture-tree.ts';

const KINDS = 'loader/model/kinds.ts';
const SOURCE_KINDS = 'loader/config/source-kinds.ts';

const files = typescriptFiles(['loader', 'cmd', 'lab']);
const options = compilerOptions();
const host = ts.createCompilerHost(options);
const parsed = new Map<string, ts.SourceFile | undefined>();
const read = host.getSourceFile.bind(host);

interface Edit {
  readonly file: string;
  readonly replace: readonly (readonly [before: string, after: string])[];
}

t.test('a kind without a row, a model and a reader', t => {
  const wrong = filesWithErrors({
    file: KINDS,
    replace: [['export type ObjectKind =', "export type ObjectKind = 'Service' |"]],
  });
  t.strictSame(wrong, [KINDS, 'loader/model/objects.ts', 'loader/sources/objects/object-readers.ts']);
  t.end();
});

t.test('kinds with their rows alone: one that tables depend on, and one of policy', t => {
  const shared =
    "group: 'x', version: 'v1', shortNames: [], scope: 'namespace', served: 'always', author: 'node'";
  const rows = [
    `Service: { ${shared}, plural: 'services', collection: 'services', concerns: 'dataplane' },`,
    `AdminPolicy: { ${shared}, plural: 'adminpolicies', collection: 'policies', concerns: 'policy' },`,
  ];
  const wrong = filesWithErrors({
    file: KINDS,
    replace: [
      ['export type ObjectKind =', "export type ObjectKind = 'Service' | 'AdminPolicy' |"],
      ['export const KINDS = {', `export const KINDS = { ${rows.join(' ')}`],
    ],
  });
  t.strictSame(wrong, [
    'loader/model/objects.ts',
    'loader/reconcilers/affects-dataplane.ts',
    'loader/reconcilers/node-cells.ts',
    'loader/sources/objects/object-readers.ts',
    'loader/tables/policy-kind-numbers.ts',
  ]);
  t.end();
});

t.test('a kind of source without settings, a text about itself and a way to open it', t => {
  const wrong = filesWithErrors({
    file: SOURCE_KINDS,
    replace: [['export type SourceKind =', "export type SourceKind = 'consul' |"]],
  });
  t.strictSame(wrong, ['loader/agent/open-source.ts', SOURCE_KINDS]);
  t.end();
});

/** Of those that import the edited one, by whatever way: no other can have one. */
function filesWithErrors(edit: Edit): readonly string[] {
  const paths = importersOf(edit.file).map(path => join(ROOT, path));
  const edited = join(ROOT, edit.file);
  host.getSourceFile = (path, ...how) => {
    if (path === edited) return ts.createSourceFile(path, textOf(edit), how[0], true);
    if (!parsed.has(path)) parsed.set(path, read(path, ...how));
    return parsed.get(path);
  };
  const program = ts.createProgram({ rootNames: paths, options, host });
  const hasError = (path: string): boolean => {
    const file = program.getSourceFile(path);
    if (file === undefined) throw new Error(`${path} is not read`);
    return program.getSyntacticDiagnostics(file).length + program.getSemanticDiagnostics(file).length > 0;
  };
  return paths.filter(hasError).map(path => relative(ROOT, path));
}

function textOf({ file, replace }: Edit): string {
  return replace.reduce(
    (text, [before, after]) => {
      if (text.split(before).length !== 2) throw new Error(`'${before}' is not once in ${file}`);
      return text.replace(before, after);
    },
    readFileSync(join(ROOT, file), 'utf8'),
  );
}

function importersOf(path: string): readonly string[] {
  const found = new Set([path]);
  for (const each of found) for (const file of files) if (file.imports.includes(each)) found.add(file.path);
  return [...found].sort();
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), path => ts.sys.readFile(path)) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options;
}
