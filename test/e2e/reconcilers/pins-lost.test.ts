// The file system that holds the pins goes away under a running daemon. Where the programs go with it, nothing that was closed
// is open; where they stay, pods do not notice. The daemon goes on, and the node is whole when there are pins again.
//
// Kind: a precondition that is checked at the start and ends later; what cannot be seen is not gone. Examples: bpffs unmounted,
// unmounted while somebody has it open, hidden by another mount, by another bpffs, the pin root removed with all that is in it,
// bpffs remounted read-only.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryTcx } from 'libbpf-ts';
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

const LOSSES = [{ title: 'unmounted', lose: `umount --lazy ${bpffs}`, restore: `mount -t bpf bpf ${bpffs}` }];

/** Pins that cannot be seen: what is attached stays so. */
const HIDINGS = [
  { title: 'hidden by another mount', lose: `mount -t tmpfs tmpfs ${bpffs}`, restore: `umount ${bpffs}` },
  {
    title: 'hidden by another BPF file system',
    lose: `mount -t bpf bpf ${bpffs}`,
    restore: `umount ${bpffs}`,
  },
  {
    title: 'unmounted, and open in some process',
    isHeld: true,
    ...{ lose: `umount --lazy ${bpffs}`, restore: `mount -t bpf bpf ${bpffs}` },
  },
] as const;

function linkIdsOn(device: string): readonly number[] {
  const { ifindex } = JSON.parse(
    execFileSync('ip', ['-j', 'link', 'show', device], { encoding: 'utf8' }).slice(1, -2),
  ) as { ifindex: number };
  return (['ingress', 'egress'] as const).flatMap(way => queryTcx(ifindex, way).map(({ linkId }) => linkId));
}

for (const hiding of HIDINGS)
  t.test(`the BPF file system is ${hiding.title}`, async t => {
    await using started = node.start();
    const { runner } = started.reconcilers;
    await runner.firstSuccess();
    t.ok(await until(() => isWell(started)), 'the node is well before');
    const before = linkIdsOn(node.attachment.hostInterface);
    const held = 'isHeld' in hiding ? openSync(join(node.config.pinRoot, 'maps'), 'r') : undefined;
    command(hiding.lose);
    const runs = started.runs.get('pod-devices') ?? 0;
    t.ok(await until(() => (started.runs.get('pod-devices') ?? 0) > runs), 'it is noticed');
    runner.requestFull('test', 0);
    t.ok(await until(() => (started.runs.get('pod-devices') ?? 0) > runs + 1));
    t.ok(node.isOverlayUp() && node.isPodUp(), 'what is guarded stays up');
    command(hiding.restore);
    t.ok(await until(() => node.isOverlayGuarded() && isWell(started)), 'it is whole again');
    t.strictSame(linkIdsOn(node.attachment.hostInterface), before, 'by the same links');
    if (held !== undefined) closeSync(held);
  });

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
