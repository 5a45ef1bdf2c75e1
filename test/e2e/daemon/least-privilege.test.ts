// The daemon with the capabilities of its unit and no more: everything works; with one less it says what it lacks.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { killDaemon } from '../../../lab/daemon.ts';
import { builtFile } from '../../../lab/installation.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { deletePod } from '../../../lab/pods.ts';
import { removeObject, writePolicy } from '../../support/lab-policy.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const UNIT = 'deploy/systemd/heddled.service';
const lab = await testLab(t, { podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const [pod, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];

function unitCapabilities(): string[] {
  const [, list = ''] = /^CapabilityBoundingSet=(.*)$/m.exec(readFileSync(UNIT, 'utf8')) ?? [];
  return list.split(' ').map(name => name.replace('CAP_', '').toLowerCase());
}

function startWith(capabilities: readonly string[]): ChildProcess {
  const bounding = ['-all', ...capabilities.map(name => `+${name}`)].join();
  const limited = ['setpriv', `--bounding-set=${bounding}`, '--inh-caps=-all', '--no-new-privs'];
  const argv = [`--net=${node.netns}`, ...limited, builtFile('heddled.mjs'), '--config', node.configFile];
  const child = spawn('nsenter', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

function isReady(): Promise<boolean> {
  return until(async () => (await askStatus(node.socket))?.ready === true);
}

t.test("with the unit's capabilities a node does all of its work", async t => {
  t.ok(unitCapabilities().length > 0);
  await killDaemon(node);
  await mustExec(node, 'ip', 'link', 'delete', 'heddle0'); // not only adopted: made anew
  const daemon = startWith(unitCapabilities());
  t.ok(await isReady());
  const added = await addTestPod(lab, 'n1', 50);
  const reaches = () => ping(far.netns, addressOf(added, 'ipv4'), BRIEFLY);
  t.ok(await until(reaches), 'a new pod is reached');
  writePolicy(lab, 'closed', { podSelector: {}, policyTypes: ['Ingress'] });
  t.ok(await until(async () => !(await reaches())), 'policy comes into force');
  removeObject(lab, 'closed');
  t.ok(await until(reaches), 'and goes');
  await deletePod(lab, added);
  await mustExec(node, 'nft', 'delete', 'table', 'inet', 'heddle');
  const isMended = () => mustExec(node, 'nft', 'list', 'table', 'inet', 'heddle').then(Boolean, () => false);
  t.ok(await until(isMended), 'drift is mended');
  t.ok(await ping(pod.netns, addressOf(far, 'ipv6')));
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  t.strictSame(await ended, [0, null]);
});

for (const missing of unitCapabilities())
  t.test(`without ${missing} it refuses to start, in a sentence`, async t => {
    const daemon = startWith(unitCapabilities().filter(name => name !== missing));
    let said = '';
    daemon.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(daemon, 'close')) as [number | null];
    t.not(code, 0);
    t.match(
      said,
      new RegExp(`heddled lacks CAP_${missing.toUpperCase()}, which .* need: run it as root with it`),
    );
    t.ok(await ping(pod.netns, addressOf(far, 'ipv4')), 'traffic goes on');
  });
