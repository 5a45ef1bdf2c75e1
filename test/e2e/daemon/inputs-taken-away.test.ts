// What a node depends on is taken away while policy is in force: nothing that was closed is open, and nothing that worked stops.
//
// Kind: one thing that fails takes others with it. Examples: a state directory that cannot be written and a DEL, a manifests
// directory hidden by a mount, a full hd_route, nft that hangs.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { builtFile } from '../../../lab/installation.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { callCni, errorOf } from '../../support/cni-call.ts';
import { podsNamed, removeObject, writeObject, writePolicy } from '../../support/lab-policy.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(900_000);

const NODES = 8;

const lab = await testLab(t, { podsPerNode: 2, config: { log: { level: 'debug' }, maps: { routes: 24 } } });
const node = nodeNamed(lab, 'n1');
const [open, shut, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const home = mkdtempSync(join(tmpdir(), 'heddle-taken-'));
t.teardown(() => rmSync(home, { recursive: true }));
writePolicy(lab, 'shut', { podSelector: podsNamed('n1-p2'), policyTypes: ['Ingress', 'Egress'] });

/** Nodes whose objects go stay for a minute (loader/sources/vanished-nodes.ts). */
const OVER_MS = 180_000;

const reaches = (from: { readonly netns: string }, to: Parameters<typeof addressOf>[0]): Promise<boolean> =>
  ping(from.netns, addressOf(to, 'ipv4'), BRIEFLY);
const problems = async (): Promise<readonly string[]> =>
  (await askStatus(node.socket))?.problems ?? ['no answer'];
const isTold = (says: RegExp) => async (): Promise<boolean> => (await problems()).some(one => says.test(one));
const isOver = async (): Promise<boolean> => (await problems()).length === 0;

async function assertAsBefore(t: Test): Promise<void> {
  t.ok(await until(isOver, OVER_MS), `no problem is left: ${String(await problems())}`);
  t.equal((await askStatus(node.socket))?.ready, true);
  t.ok(await until(() => reaches(open, far)), 'what was open is open');
  t.notOk(await reaches(shut, far), 'what was closed is closed');
}

t.test('before anything is taken away', async t => {
  t.ok(await until(async () => !(await reaches(shut, far))), 'policy is in force');
  await assertAsBefore(t);
});

t.test('a manifests directory that is hidden by a mount', async t => {
  execFileSync('mount', ['-t', 'tmpfs', 'heddle-test', lab.manifests]);
  try {
    t.ok(await until(isTold(/manifests/)), `it is told: ${String(await problems())}`);
    t.notOk(await reaches(shut, far), 'policy holds');
    t.ok(await reaches(open, far), 'and traffic goes on');
  } finally {
    execFileSync('umount', [lab.manifests]);
  }
  await assertAsBefore(t);
});

t.test('more routes than hd_route has room for: other tables are written, also after a restart', async t => {
  for (let i = 1; i <= NODES; i++)
    writeObject(lab, `z-many-${i}`, {
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: `z-many-${i}` } },
      spec: { podCIDRs: [`10.99.${i}.0/24`, `fd00:99:0:${i}::/64`] },
      status: { addresses: [{ type: 'InternalIP', address: `192.168.1.${100 + i}` }] },
    });
  t.ok(await until(isTold(/hd_route.*maps\.routes/)), 'it is told, with the setting');
  const late = await addTestPod(lab, 'n2', 7);
  t.ok(await until(() => reaches(open, late)), 'a new pod elsewhere is known');
  t.equal((await askStatus(node.socket))?.ready, true, 'the node stays ready');
  await stopDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
  t.ok(await reaches(open, far));
  for (let i = 1; i <= NODES; i++) removeObject(lab, `z-many-${i}`);
  await assertAsBefore(t);
});

/** A comparison of the tables with the kernel, which nothing but its interval has caused. */
async function compared(): Promise<boolean> {
  const from = readFileSync(node.logFile, 'utf8').length;
  return until(() =>
    readFileSync(node.logFile, 'utf8')
      .slice(from)
      .split('\n')
      .some(line => line.includes('"reconciler":"tables"') && line.includes('"interval"')),
  );
}

t.test('a DEL while the state directory is read-only: the pod is closed and stays so', async t => {
  const pod = podNamed(lab, 'n1-p1');
  execFileSync('mount', ['--bind', node.stateDir, node.stateDir]);
  execFileSync('mount', ['-o', 'remount,ro,bind', node.stateDir]);
  try {
    const run = await callCni('DEL', node, pod);
    if (run.exitCode !== 0) t.match(errorOf(run), { code: 5, msg: /state directory/ });
    t.ok(await until(isTold(/state directory .* EROFS/)), 'it is told');
    t.equal((await askStatus(node.socket))?.ready, false);
    t.notOk(await reaches(far, pod));
    t.ok(await compared());
    t.notOk(await reaches(far, pod), 'not opened again by a comparison');
  } finally {
    execFileSync('umount', [node.stateDir]);
  }
  t.equal((await callCni('DEL', node, pod)).exitCode, 0);
  t.ok(await until(isOver), String(await problems()));
});

t.test('nft that does not end, and no descriptor to start it with', async t => {
  const [hang, bin] = [join(home, 'hang'), join(home, 'nft')];
  writeFileSync(bin, `#!/bin/sh\n[ -e ${hang} ] && exec sleep 4711\nexec /usr/sbin/nft "$@"\n`);
  chmodSync(bin, 0o755);
  await stopDaemon(node);
  const environment = { PATH: `${home}:${process.env['PATH'] ?? ''}` };
  const daemon = startDaemon(node, { bundle: builtFile('heddled.mjs'), environment });
  await waitForDaemon(node);
  const masquerades = async (): Promise<boolean> =>
    /masquerade/.test(
      await mustExec(node, '/usr/sbin/nft', 'list', 'table', 'inet', 'heddle').catch(() => ''),
    );

  execFileSync('prlimit', ['--pid', String(daemon.pid), '--nofile=20:']);
  await mustExec(node, '/usr/sbin/nft', 'delete', 'table', 'inet', 'heddle');
  const tail = (): string => readFileSync(node.logFile, 'utf8').slice(-20_000);
  t.ok(await until(() => /nft cannot be started: .*EMFILE/.test(tail())), 'a shortage is told as such');
  execFileSync('prlimit', ['--pid', String(daemon.pid), '--nofile=1024:']);
  t.ok(await until(masquerades), 'and what it kept from being written is written');
  t.ok(await until(isOver), String(await problems()));

  writeFileSync(hang, '');
  await mustExec(node, '/usr/sbin/nft', 'delete', 'table', 'inet', 'heddle');
  t.ok(await until(isTold(/has not ended within 15 s: nft/)), 'a limit is told');
  t.equal((await askStatus(node.socket))?.ready, false);
  rmSync(hang);
  t.ok(await until(masquerades));
  t.ok(await until(isOver), String(await problems()));
  writeFileSync(hang, '');
  await mustExec(node, '/usr/sbin/nft', 'delete', 'table', 'inet', 'heddle');
  await stopDaemon(node); // SIGTERM, and SIGKILL after its limit
  t.match(readFileSync(node.logFile, 'utf8'), /stopping: traffic goes on/);
  rmSync(hang);
});
