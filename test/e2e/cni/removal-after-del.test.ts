// Devices of pods whose DEL was answered go, whatever happens to them until then.
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import type { PodPlan } from '../../../lab/plan.ts';
import { mustExec, testLab } from '../../support/lab.ts';
import { newPod, refusalOf } from '../../support/new-pod.ts';
import { eventually, until } from '../../support/until.ts';

t.setTimeout(600_000);

const ROUNDS = 5;

const lab = await testLab(t, { nodes: 1, podsPerNode: 0, families: 'ipv4' });
const node = nodeNamed(lab, 'n1');
const records = (): string[] => readdirSync(join(node.stateDir, 'attachments'));

const call = (command: string, pod: PodPlan, ips?: readonly string[]): Promise<string> =>
  refusalOf(command, node, pod, ips);

async function problems(): Promise<readonly string[]> {
  return (await askStatus(node.socket))?.problems ?? ['no status'];
}

t.test('one that can neither be completed nor kept is told, and completed later', async t => {
  const pod = newPod(lab, 1);
  const [released, away] = [join(node.stateDir, 'cooldown'), join(node.stateDir, 'away')];
  const spool = deleteSpoolOf(node.socket);
  t.equal(await call('ADD', pod), '');
  renameSync(released, away);
  for (const folder of [released, spool]) {
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, 'no folder');
  }
  t.equal(await call('DEL', pod), '');
  const isTold = async (): Promise<boolean> =>
    (await problems()).some(one => one.includes(`container ${pod.containerId} was deleted`));
  t.ok(await until(isTold, 20_000), 'told');
  t.equal(records().length, 1, 'its address stays taken');
  rmSync(released);
  renameSync(away, released);
  t.strictSame(await eventually(records, []), [], 'then it is released');
  rmSync(spool);
  t.strictSame(await eventually(problems, []), []);
});

t.test('a device is renamed while others go before it', async t => {
  const [first, second] = [newPod(lab, 2), newPod(lab, 3)];
  const device = hostInterfaceName(second);
  for (let round = 0; round < ROUNDS; round++) {
    for (const pod of [first, second]) t.equal(await call('ADD', pod), '');
    t.equal(await call('DEL', first), '');
    t.equal(await call('DEL', second), '');
    const rename = `ip link set ${device} down && ip link set ${device} name other${round}`;
    await mustExec(node, 'sh', '-c', `${rename} || true`);
    t.strictSame(await eventually(records, []), []);
    t.notMatch(await mustExec(node, 'ip', '-br', 'link'), /other/, 'it is gone, too');
  }
});
