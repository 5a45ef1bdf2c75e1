// What `make dist` packs is whole: a daemon from the unpacked package makes a node, far from where it was built.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runDaemon, scratchConfig, scratchNode } from '../../support/scratch-daemon.ts';

t.setTimeout(600_000);

const DIST = 'build/dist';

function packed(ending: string): string {
  const [name, ...others] = readdirSync(DIST).filter(
    file => file.startsWith('heddle_') && file.endsWith(ending),
  );
  if (name === undefined || others.length > 0)
    throw new Error(`${DIST} has not one ${ending}: run make dist`);
  return join(DIST, name);
}

function unpacked(t: { teardown(undo: () => void): void }, unpack: (root: string) => void): string {
  const root = mkdtempSync(join(tmpdir(), 'heddle-dist-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  unpack(root);
  return root;
}

function unpackPackage(root: string): void {
  execFileSync('dpkg-deb', ['--extract', packed('.deb'), root]);
}

function unpackTarball(root: string): void {
  execFileSync('tar', ['--extract', '--gzip', '--file', packed('.tar.gz'), '--directory', root]);
}

t.test('the package has everything that a daemon needs', async t => {
  const root = unpacked(t, unpackPackage);
  const node = scratchNode(t);
  const binDir = join(node.directory, 'cni');
  const { stdout, stderr } = await runDaemon(
    node,
    { ...scratchConfig(node), cni: { binDir, confFile: join(node.directory, '05-heddle.conflist') } },
    {
      program: join(root, 'usr/lib/heddle/heddled.mjs'),
      until: printed => printed.includes('"msg":"ready"'),
    },
  );
  t.match(`${stdout}${stderr}`, /"msg":"ready"/);
  t.strictSame(readdirSync(binDir), ['heddle-cni'], 'it installs the plugin that came with it');
  t.ok(readdirSync(join(node.pinRoot, 'programs')).length >= 7, 'its programs are loaded');
});

t.test('heddlectl runs from where its link leads', t => {
  const root = unpacked(t, unpackPackage);
  t.match(
    execFileSync(join(root, 'usr/bin/heddlectl'), ['version'], { encoding: 'utf8' }),
    /^heddlectl \d+\.\d+\.\d+\n/,
  );
  t.end();
});

// `make try-install` sees them at work: on machines with systemd.
t.test('the package has scripts for its upgrade and removal, and takes a Node of ours for one', t => {
  const control = mkdtempSync(join(tmpdir(), 'heddle-control-'));
  t.teardown(() => rmSync(control, { recursive: true }));
  execFileSync('dpkg-deb', ['--control', packed('.deb'), control]);
  t.strictSame(readdirSync(control).sort(), ['control', 'postinst', 'postrm', 'prerm']);
  for (const name of ['postinst', 'postrm', 'prerm'])
    t.ok((statSync(join(control, name)).mode & 0o111) !== 0, `${name} can be run`);
  t.match(readFileSync(join(control, 'control'), 'utf8'), /^Depends: nodejs \(>= 20\) \| heddle-node, /m);
  t.end();
});

t.test('the tarball holds the same files', t => {
  const list = (root: string) => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  t.strictSame(list(unpacked(t, unpackTarball)), list(unpacked(t, unpackPackage)));
  t.end();
});
