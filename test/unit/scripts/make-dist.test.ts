// scripts/make-dist: a program of the build that fails is a failure of it, and no package with an empty file.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

const SCRIPT = resolve('scripts/make-dist');
/** What it packs; none of them is run but heddlectl and what writes the SBOM. */
const PACKED = [
  ...['heddled.mjs', 'heddle-cni', 'addon.node', 'bpf/a.bpf.o', 'lab/path.bpf.o', 'lab/detour'].map(
    name => `build/${name}`,
  ),
  ...[
    'deploy/kubectl/kubectl-heddle',
    'deploy/systemd/heddled.service',
    'deploy/systemd/heddled-config.path',
  ],
  ...['LICENSE', 'README.md', 'docs/a.md'],
];

t.test('completions that cannot be written', async t => {
  const tree = t.testdir({});
  const put = (name: string, text: string): void => {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), text);
  };
  for (const name of PACKED) put(name, '');
  put('package.json', '{"version":"0.0.0"}');
  put('build/heddlectl.mjs', "console.error('no completion today'); process.exit(7);");
  put(
    'build/scripts/write-sbom.mjs',
    "import { writeFileSync } from 'node:fs'; writeFileSync('went-on', '');",
  );
  const [code, stderr] = await new Promise<[unknown, string]>(done => {
    execFile(SCRIPT, { cwd: tree }, (error, _stdout, stderr) => done([error?.code, stderr]));
  });
  t.match(stderr, /^no completion today$/m);
  t.equal(code, 7);
  t.notOk(existsSync(join(tree, 'went-on')));
});
