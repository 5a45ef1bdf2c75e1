// The file system that holds the pins goes away under a running daemon, and with the pins every program. Nothing that was
// closed is open, the daemon goes on, and the node is whole when there are pins again.
//
// Kind: a precondition that is checked at the start and ends later. Examples: bpffs unmounted, hidden by another mount,
// the pin root removed with all that is in it, bpffs remounted read-only.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { until } from '../../support/until.ts';
import { ReconciledNode, type Started } from './node.ts';

t.setTimeout(300_000);

// A mount point of sysfs is not like a folder: mkdir(2) below it is ENOENT without a mount.
const sysfs = mkdtempSync(join(tmpdir(), 'heddle-pins-lost-'));
const bpffs = join(sysfs, 'fs', 'bpf');
command(`mount -t sysfs sysfs ${sysfs}`);
command(`mount -t bpf bpf ${bpffs}`);
const node = new ReconciledNode(join(bpffs, 'heddle'));
t.teardown(() => {
  node[Symbol.dispose]();
  command(`umount --recursive ${sysfs}`);
  rmdirSync(sysfs);
});

function command(line: string): void {
  const [program = '', ...argv] = line.split(' ');
  execFileSync(program, argv);
}

function isWell({ reconcilers }: Started): boolean {
  const ill = reconcilers.runner.status().filter(({ state }) => state !== 'ok');
  return ill.every(({ name }) => name === 'cni-files') && node.isOverlayUp() && node.isPodUp();
}

const LOSSES = [
  { title: 'unmounted', lose: `umount --lazy ${bpffs}`, restore: `mount -t bpf bpf ${bpffs}` },
  { title: 'hidden by another mount', lose: `mount -t tmpfs tmpfs ${bpffs}`, restore: `umount ${bpffs}` },
];

for (const { title, lose, restore } of LOSSES)
  t.test(`the BPF file system is ${title}`, async t => {
    await using started = node.start();
    const { runner } = started.reconcilers;
    await runner.firstSuccess();
    t.ok(await until(() => isWell(started)), 'the node is well before');
    command(lose);
    t.ok(await until(() => !node.isOverlayUp() && !node.isPodUp()), 'what no program checks is down');
    t.ok(await until(() => runner.failures.size > 0), 'the node is not ready');
    t.match(
      [...runner.failures.values()],
      [/is not in a BPF filesystem: mount one with/],
      'and says what to do',
    );
    t.ok(
      runner.problems.includes(
        `the interface ${node.attachment.hostInterface} of container near stays down: ` +
          'pod_tx and pod_rx are not attached to it',
      ),
      'the pod is named',
    );
    command(restore);
    t.ok(await until(() => isWell(started)), 'it is whole again');
  });

t.test('the pin root is removed, and a read-only file system keeps what is pinned', async t => {
  await using started = node.start();
  await started.reconcilers.runner.firstSuccess();
  t.ok(await until(() => isWell(started)), 'the node is well before');
  rmSync(node.config.pinRoot, { recursive: true });
  t.ok(await until(() => node.isOverlayGuarded() && isWell(started)), 'pins are made again');
  command(`mount -o remount,ro ${bpffs}`);
  started.reconcilers.runner.requestFull('test', 0);
  const isTold = await until(() => started.reconcilers.runner.failures.size > 0);
  const isUp = node.isOverlayUp() && node.isPodUp();
  command(`mount -o remount,rw ${bpffs}`);
  t.ok(isTold && isUp, 'which pins there are cannot be read: what works stays');
  t.ok(await until(() => isWell(started)));
});
