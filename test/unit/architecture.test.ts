import { dirname } from 'node:path';
import t from 'tap';
import { cFiles, folders, tableKeys, typescriptFiles, type SourceFile } from './architecture-tree.ts';

const PURE_LOADER = ['loader/model', 'loader/policy', 'loader/services'];
/** STYLE.md's layers, from the ground up; a unit is the longest of these paths that a file's path begins with. */
const LAYERS: readonly (readonly string[])[] = [
  ['packages/ip'],
  ['packages/etcd', 'packages/libbpf-ts', 'packages/rtnetlink'],
  ['loader/collections'],
  PURE_LOADER,
  ['loader/abi', 'loader/async', 'loader/errors.ts', 'loader/config', 'loader/version.ts'],
  ['loader/tables', 'loader/programs', 'loader/network', 'loader/ipam'],
  ['loader/policy-writer', 'loader/sources', 'loader/events', 'loader/accounting'],
  ['loader/reconcilers'],
  ['loader/pods'],
  ['loader/api', 'loader/metrics'],
  ['loader/agent'],
  ['loader/doctor', 'loader/connectivity'],
  ['lab'],
  ['cmd/heddled', 'cmd/heddlectl'],
];

/** Beside what lies below: within one layer. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  'loader/policy': ['loader/model'],
  'loader/services': ['loader/model'],
  'loader/config': ['loader/errors.ts'],
};

/** What pure code may use: nothing that reads or writes. */
const PURE_BUILTINS = new Set(['node:net', 'node:crypto']);
const PURE = new Set(['packages/ip', 'loader/collections', ...PURE_LOADER]);

/** Freestanding headers of C itself. */
const SYSTEM_HEADERS = new Set(['stddef.h', 'stdbool.h']);

const PACKAGE_UNITS: Readonly<Record<string, string>> = {
  etcd: 'packages/etcd',
  ip: 'packages/ip',
  'libbpf-ts': 'packages/libbpf-ts',
  rtnetlink: 'packages/rtnetlink',
};

const PACKAGES = Object.values(PACKAGE_UNITS);

const product = typescriptFiles([...PACKAGES.map(name => `${name}/src`), 'loader', 'lab', 'cmd']);
const everything = [
  ...product,
  ...typescriptFiles([...PACKAGES.map(name => `${name}/test`), 'test', 'scripts']),
];

function unitOf(path: string): string | undefined {
  const units = LAYERS.flat().filter(unit => path === unit || path.startsWith(unit));
  return PACKAGE_UNITS[path] ?? units.sort((a, b) => b.length - a.length)[0];
}

function layerOf(unit: string): number {
  return LAYERS.findIndex(layer => layer.includes(unit));
}

function isAllowed(importer: string, imported: string): boolean {
  if (importer === imported || ALSO[importer]?.includes(imported) === true) return true;
  if (PURE.has(importer) && !PURE.has(imported)) return false;
  return layerOf(imported) < layerOf(importer);
}

/** 'importer → imported' for each import that is wrong. */
function violations(
  files: readonly SourceFile[],
  wrong: (file: SourceFile, imported: string) => boolean,
): string[] {
  return files.flatMap(file =>
    file.imports.filter(imported => wrong(file, imported)).map(imported => `${file.path} → ${imported}`),
  );
}

t.test('the tree was found', t => {
  t.ok(product.length > 100, `${product.length} files`);
  t.ok(product.some(file => file.imports.includes('libbpf-ts')));
  t.end();
});

t.test('every file of the product is in a layer', t => {
  t.strictSame(
    product.map(file => file.path).filter(path => unitOf(path) === undefined),
    [],
  );
  t.end();
});

t.test('imports point down only', t => {
  const wrong = violations(product, (file, imported) => {
    const [from, to] = [unitOf(file.path), unitOf(imported)];
    return from !== undefined && to !== undefined && !isAllowed(from, to);
  });
  t.strictSame(wrong, []);
  t.end();
});

t.test('the product imports nothing of tests and scripts', t => {
  t.strictSame(
    violations(product, (_, imported) => /^(test|scripts)\//.test(imported)),
    [],
  );
  t.end();
});

t.test('the model and the policy compiler know no I/O, and of packages ip alone', t => {
  const pure = product.filter(file => PURE.has(unitOf(file.path) ?? ''));
  t.ok(pure.length > 10, `${pure.length} files`);
  t.strictSame(
    violations(pure, (_, imported) => !PURE.has(unitOf(imported) ?? '') && !PURE_BUILTINS.has(imported)),
    [],
  );
  t.end();
});

t.test('the packages know nothing but themselves and Node; rtnetlink also ip, etcd also gRPC', t => {
  const packages = product.filter(file => file.path.startsWith('packages/'));
  const wrong = violations(packages, (file, imported) => {
    const own = file.path.split('/').slice(0, 2).join('/');
    if (own === 'packages/rtnetlink' && imported === 'ip') return false;
    if (own === 'packages/etcd' && imported === '@grpc/grpc-js') return false;
    return !imported.startsWith('node:') && !imported.startsWith(`${own}/`);
  });
  t.strictSame(wrong, []);
  t.end();
});

t.test('packages are entered by their public door', t => {
  const outside = everything.filter(file => !file.path.startsWith('packages/'));
  t.strictSame(
    violations(
      outside,
      (_, imported) => imported.startsWith('packages/') && !imported.endsWith('/src/index.ts'),
    ),
    [],
  );
  t.end();
});

t.test('no folder imports, by whatever way, a folder that imports it', t => {
  const edges = new Map<string, Set<string>>();
  for (const { path, imports } of product) {
    const from = folderOf(path);
    for (const to of imports.filter(each => each.endsWith('.ts')).map(folderOf))
      if (to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  t.ok(edges.size > 10, `${edges.size} folders`);
  t.strictSame(cycles(edges), []);
  t.end();
});

t.test('no file imports, by whatever way, a file that imports it; types count', t => {
  const files = [...product, ...typescriptFiles(['scripts'])];
  const edges = new Map(files.map(({ path, imports }) => [path, new Set(imports)]));
  t.strictSame(cycles(edges), []);
  t.strictSame(
    cycles(new Map([...edges, ['a', new Set(['b'])], ['b', new Set(['a'])]])).length,
    2,
    'one is noticed',
  );
  t.end();
});

t.test('every folder stands in the table of ARCHITECTURE.md, and nothing else does', t => {
  const found = folders(['bpf', 'cmd', 'lab', 'loader', 'scripts']);
  t.strictSame(tableKeys('ARCHITECTURE.md', 'Folders'), [...found, ...PACKAGES].sort());
  t.end();
});

t.test('in C, abi/ includes abi/, lib/ includes abi/ and lib/, and hooks include lib/', t => {
  const files = cFiles(['bpf']);
  t.ok(files.length > 30, `${files.length} files`);
  const wrong = violations(files, ({ path }, imported) => {
    if (/^(linux|bpf)\//.test(imported) || SYSTEM_HEADERS.has(imported)) return false;
    if (path.startsWith('bpf/abi/')) return imported.includes('/') && !imported.startsWith('abi/');
    return !/^(abi|lib)\//.test(imported);
  });
  t.strictSame(wrong, []);
  t.end();
});

t.test('no file is larger than its budget', t => {
  const large = [
    ...everything.filter(file => file.lines > 250),
    ...cFiles(['bpf/abi', 'bpf/lib']).filter(file => file.lines > 250),
    ...cFiles(['bpf']).filter(file => file.path.endsWith('.bpf.c') && file.lines > 120),
  ];
  t.strictSame(
    large.map(file => `${file.path}: ${file.lines} lines`),
    [],
  );
  t.end();
});

t.test('half of the files have at most 90 lines', t => {
  const lines = product.map(file => file.lines).sort((a, b) => a - b);
  const median = lines[Math.floor(lines.length / 2)] ?? 0;
  t.ok(median <= 90, `${median} lines`);
  t.end();
});

t.test('files are named after what they hold', t => {
  const wrong = everything
    .map(file => file.path)
    .filter(path => /(^|[/-])(utils?|helpers?|common|manager|misc)([/.-])/.test(path) || /[A-Z_]/.test(path));
  t.strictSame(wrong, []);
  t.end();
});

t.test('nothing is exported by default, and only packages have an index', t => {
  t.strictSame(
    product
      .map(file => file.path)
      .filter(path => path.endsWith('/index.ts') && !/^packages\/[^/]+\/src\/index\.ts$/.test(path)),
    [],
  );
  t.end();
});

/** Files directly in loader/ are of several layers: each stands for itself. */
function folderOf(path: string): string {
  return dirname(path) === 'loader' ? path : dirname(path);
}

/** One cycle, as a path, for each folder that can be reached from itself. */
function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...edges.keys()].flatMap(start => {
    const way = wayBack(edges, start);
    return way === undefined ? [] : [way.join(' → ')];
  });
}

function wayBack(
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  start: string,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const queue: (readonly string[])[] = [[start]];
  for (const way of queue)
    for (const next of edges.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return [...way, start];
      if (!seen.has(next)) queue.push([...way, next]);
      seen.add(next);
    }
  return undefined;
}
