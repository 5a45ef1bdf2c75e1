// Files of a container runtime's folders that an operator has left there, or that cannot be replaced: what counts is whether a pod
// that is added with them comes to this daemon.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { testLab } from '../../support/lab.ts';
import { until } from '../../support/until.ts';

/** How a test finds a node whose plugin, or configuration, is on a file system that is read-only. */
interface ReadOnly {
  readonly title: string;
  readonly folder: 'bin' | 'net.d';
  readonly before: (paths: { readonly binary: string; readonly confFile: string }) => void;
  readonly word: 'ready' | 'degraded' | 'not-ready';
  readonly says: RegExp;
}

// The kind: what is there is not what this build would write, and cannot be replaced. What counts is whether a pod can be added with it.
const READ_ONLY: readonly ReadOnly[] = [
  {
    title: 'a plugin of another build',
    folder: 'bin',
    before: ({ binary }) => appendFileSync(binary, '\n'),
    word: 'degraded',
    says: /heddle-cni is of another build and cannot be replaced \(EROFS: read-only file system\); it reaches this daemon/,
  },
  {
    title: 'a program that is no plugin, and succeeds',
    folder: 'bin',
    before: ({ binary }) => copyFileSync('/usr/bin/true', binary),
    word: 'not-ready',
    says: /does not reach this daemon \(it does not answer VERSION with 1\.1\.0\), so no pod can be added: put this build's heddle-cni there/,
  },
  {
    title: 'no plugin',
    folder: 'bin',
    before: ({ binary }) => rmSync(binary),
    word: 'not-ready',
    says: /heddle-cni cannot be written, so no pod can be added: EROFS: read-only file system; mount its file system writable/,
  },
  {
    title: 'a plugin without its executable bits',
    folder: 'bin',
    before: ({ binary }) => chmodSync(binary, 0o644),
    word: 'not-ready',
    says: /heddle-cni cannot be executed, so no pod can be added/,
  },
  {
    title: 'a configuration with another time limit',
    folder: 'net.d',
    before: ({ confFile }) => editFile(confFile, text => text.replace('60', '61')),
    word: 'degraded',
    says: /05-heddle\.conflist is not as this build writes it and cannot be replaced .*it leads to this daemon/,
  },
  {
    title: 'a configuration that leads to another socket',
    folder: 'net.d',
    before: ({ confFile }) => editFile(confFile, text => text.replace('heddled.sock', 'other.sock')),
    word: 'not-ready',
    says: /05-heddle\.conflist cannot be written, so the container runtime does not use Heddle: EROFS/,
  },
];

t.test('folders that are read-only, with files of another build', async t => {
  const home = mkdtempSync(join(tmpdir(), 'heddle-cni-ro-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  const [binDir, confFile] = [join(home, 'bin'), join(home, 'net.d/05-heddle.conflist')];
  for (const folder of [binDir, dirname(confFile)]) {
    mkdirSync(folder);
    mountTmpfs(t, folder);
  }
  const binary = join(binDir, 'heddle-cni');
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, config: { cni: { binDir, confFile } } });
  const node = nodeNamed(lab, 'n1');
  const status = async (): Promise<string> =>
    (await heddlectl('--lab', lab.options.name, '--node', 'n1', 'status')).stdout;
  t.ok(await until(() => existsSync(confFile)));
  for (const { title, folder, before, word, says } of READ_ONLY)
    await t.test(title, async t => {
      await stopDaemon(node);
      before({ binary, confFile });
      remount(join(home, folder), 'ro');
      startDaemon(node);
      let told = '';
      const isTold = async (): Promise<boolean> => {
        told = await status();
        return told.startsWith(`${word}\n`) && says.test(told);
      };
      t.ok(await until(isTold), `${word}: ${told}`);
      remount(join(home, folder), 'rw');
      await stopDaemon(node);
      startDaemon(node);
      await waitForDaemon(node);
      t.ok(await until(async () => /^ready\n/.test(await status())), 'writable: all is replaced');
    });
});

t.test('what comes first and names our plugin may be an old file: the socket decides', async t => {
  const home = mkdtempSync(join(tmpdir(), 'heddle-cni-old-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  const confFile = join(home, '05-heddle.conflist');
  const lab = await testLab(t, { nodes: 1, podsPerNode: 1, config: { cni: { confFile } } });
  const node = nodeNamed(lab, 'n1');
  const flags = ['--lab', lab.options.name, '--node', 'n1'];
  const status = async (): Promise<string> => (await heddlectl(...flags, 'status')).stdout;
  const old = join(home, '00-heddle.conflist');
  const write = (socket: object): void =>
    writeFileSync(old, JSON.stringify({ name: 'heddle', plugins: [{ type: 'heddle-cni', ...socket }] }));
  t.ok(await until(() => existsSync(confFile)));

  write({ socket: '/run/former/heddled.sock' });
  t.ok(await until(async () => /^not-ready\n/.test(await status())), 'another socket');
  t.match(
    await status(),
    /00-heddle\.conflist comes before .* with the socket \/run\/former\/heddled\.sock, and not/,
  );
  const { stdout: found } = await heddlectl(...flags, 'doctor', '--cni-dir', home);
  t.match(found, /cni +error +.*00-heddle\.conflist comes first and names heddle-cni with the socket/s);
  write({});
  t.match(await status(), /^not-ready\n/, "no socket: the default one, which is not this node's");
  write({ socket: node.socket });
  t.ok(await until(async () => /^ready\n/.test(await status())), 'this one: somebody has written it by hand');

  await stopDaemon(node);
  const { stdout } = await heddlectl(...flags, 'cleanup');
  t.match(stdout, /: removed, and with it the network of pod lab\/n1-p1: delete it if it runs/);
  t.match(stdout, /00-heddle\.conflist: stays and names heddle-cni, so no pod can be added: rm /);
  writeFileSync(old, '{"name":"cbr0","plugins":[{"type":"flannel"},{"type":"portmap"}]}');
  const again = await heddlectl(...flags, 'cleanup');
  t.match(
    again.stdout,
    /00-heddle\.conflist: stays, and new pods get their network from it \(flannel, portmap\)/,
  );
});

function editFile(path: string, edit: (text: string) => string): void {
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
}

function mountTmpfs(t: { teardown(undo: () => void): void }, folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', 'plugins', folder]);
  t.teardown(() => execFileSync('umount', ['--lazy', folder]));
}

function remount(folder: string, option: 'exec' | 'noexec' | 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,bind,${option}`, folder]);
}
