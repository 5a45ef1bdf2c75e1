// The daemon installs its plugin and, last, the network configuration; cleanup takes both away again.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { builtFile } from '../../../lab/installation.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { testLab } from '../../support/lab.ts';
import { until } from '../../support/until.ts';

t.test('a runtime that looks at any moment sees a plugin that works', async t => {
  const home = mkdtempSync(join(tmpdir(), 'heddle-cni-files-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  const [binDir, confFile] = [join(home, 'bin'), join(home, 'net.d/05-heddle.conflist')];
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, config: { cni: { binDir, confFile } } });
  const node = nodeNamed(lab, 'n1');
  const binary = join(binDir, 'heddle-cni');
  t.ok(await until(() => existsSync(confFile)), 'the last that a daemon writes');
  t.ok(
    readFileSync(binary).equals(readFileSync(builtFile('heddle-cni'))),
    'the binary is the one of this build',
  );
  t.equal(statSync(binary).mode & 0o777, 0o755);
  t.match(JSON.parse(readFileSync(confFile, 'utf8')), {
    name: 'heddle',
    cniVersion: '1.0.0',
    cniVersions: ['1.0.0', '1.1.0'],
    plugins: [
      {
        type: 'heddle-cni',
        socket: node.socket,
        logCommand: 'journalctl -u heddled',
        capabilities: { ips: true, mac: true },
      },
    ],
  });
  t.strictSame(
    [...readdirSync(binDir), ...readdirSync(join(home, 'net.d'))],
    ['heddle-cni', '05-heddle.conflist'],
  );

  writeFileSync(join(binDir, 'portmap'), '#!/bin/sh\n');
  writeFileSync(binary, 'of an older build');
  chmodSync(binary, 0o700);
  const before = statSync(binary).ino;
  await stopDaemon(node);
  t.ok(existsSync(confFile), 'a daemon that stops leaves them: it may be replaced');
  startDaemon(node);
  await waitForDaemon(node);
  t.ok(
    await until(() => statSync(binary).ino !== before),
    'renamed into place: whoever runs the old one goes on',
  );
  t.ok(await until(() => readFileSync(confFile, 'utf8').includes('portmap')));
  t.equal(statSync(binary).mode & 0o777, 0o755);
  const config = JSON.parse(readFileSync(confFile, 'utf8')) as object;
  t.match(config, { cniVersion: '1.0.0', plugins: [{}, { type: 'portmap' }] });
  t.notOk('cniVersions' in config, 'every plugin of the chain has to speak the newer one');

  await stopDaemon(node);
  const { stdout } = await heddlectl('--lab', lab.options.name, '--node', 'n1', 'cleanup');
  t.match(stdout, /05-heddle\.conflist: removed\n.*heddle-cni: removed/);
  t.strictSame(readdirSync(binDir), ['portmap'], "others' plugins stay");
  t.notOk(existsSync(confFile));
});

// What people have met with other plugins: a binary that runs while it is replaced (calico #8932), a folder that is mounted noexec
// (calico cni-plugin #891) or read-only with the plugin in it (calico #7486), and a plugin that is deleted (istio #34524) or loses its bits.
t.test('a folder of plugins in every odd state', async t => {
  const home = mkdtempSync(join(tmpdir(), 'heddle-cni-odd-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  const [binDir, confFile] = [join(home, 'bin'), join(home, 'net.d/05-heddle.conflist')];
  mkdirSync(binDir);
  mountTmpfs(t, binDir);
  const binary = join(binDir, 'heddle-cni');
  copyFileSync('/usr/bin/sleep', binary);
  const busy = spawn(binary, ['600'], { stdio: 'ignore' });
  t.teardown(() => busy.kill());

  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, config: { cni: { binDir, confFile } } });
  const node = nodeNamed(lab, 'n1');
  const [labFlags, ours] = [
    ['--lab', lab.options.name, '--node', 'n1'],
    readFileSync(builtFile('heddle-cni')),
  ];
  const status = async () => (await heddlectl(...labFlags, 'status')).stdout;
  t.ok(await until(() => readFileSync(binary).equals(ours)), 'replaced while it runs');
  t.equal(busy.exitCode, null, 'and what runs goes on');

  rmSync(binary);
  t.ok(await until(() => existsSync(binary)), 'it comes back');
  chmodSync(binary, 0o600);
  t.ok(await until(() => (statSync(binary).mode & 0o777) === 0o755), 'so do its bits');

  remount(binDir, 'noexec');
  t.ok(await until(async () => /^not-ready\n/.test(await status())), 'noexec: no pod can be added');
  t.match(await status(), /heddle-cni cannot be executed.*noexec/);
  remount(binDir, 'exec');
  t.ok(await until(async () => /^ready\n/.test(await status())), 'well again by itself');

  remount(binDir, 'ro');
  await stopDaemon(node);
  rmSync(confFile);
  startDaemon(node);
  await waitForDaemon(node);
  t.ok(await until(() => existsSync(confFile)), 'read-only, with the plugin in it: nothing is missing');
  t.match(await status(), /^ready\n/);
  remount(binDir, 'rw');
});

function mountTmpfs(t: { teardown(undo: () => void): void }, folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', 'plugins', folder]);
  t.teardown(() => execFileSync('umount', ['--lazy', folder]));
}

function remount(folder: string, option: 'exec' | 'noexec' | 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,bind,${option}`, folder]);
}
