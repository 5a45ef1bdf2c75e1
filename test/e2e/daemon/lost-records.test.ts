// Pods whose record, name or removal is in disorder: what policy closes stays closed, and what it opens stays open.
//
// The kind: the daemon does not know a device that lives. The state directory was wiped, one record is damaged, the device
// was renamed, a DEL was cut off and the next start waits for something else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parse, stringify } from 'yaml';
import { callPlugin } from '../../../lab/cni.ts';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { builtFile } from '../../../lab/installation.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { podsNamed, writePolicy } from '../../support/lab-policy.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { ping, pingedUntil } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 2, podsPerNode: 2 });
const node = nodeNamed(lab, 'n1');
const [shut, open, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const device = hostInterfaceName(shut);
const records = join(node.stateDir, 'attachments');

writePolicy(lab, 'shut', { podSelector: podsNamed('n1-p1'), policyTypes: ['Ingress', 'Egress'] });
t.ok(await pingedUntil(false, shut.netns, addressOf(far, 'ipv4')), 'the pod is shut');
/** From here to the end of the file: one answer is one too many. */
const knocking = spawn(
  'nsenter',
  [`--net=${shut.netns}`, 'ping', '-n', '-i', '0.1', addressOf(far, 'ipv4')],
  {
    stdio: ['ignore', 'pipe', 'ignore'],
  },
);
let heard = '';
knocking.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));

async function ask<T>(...words: readonly string[]): Promise<T> {
  return (await heddlectlJson('--lab', lab.options.name, '--node', 'n1', ...words)) as T;
}

async function problems(): Promise<string> {
  return String((await askStatus(node.socket))?.problems);
}

async function assertKept(t: Test): Promise<void> {
  const rows = await ask<readonly { kind: string; address: string }[]>('endpoint', 'list');
  const local = rows.filter(({ kind }) => kind === 'local-pod').map(({ address }) => address);
  t.strictSame(local.sort(), [...shut.addresses, ...open.addresses].sort(), 'both pods have their addresses');
  t.ok(await ping(open.netns, addressOf(far, 'ipv4')), 'the open pod is open');
  t.ok(await ping(open.netns, addressOf(far, 'ipv6')));
  t.notMatch(heard, /bytes from/, 'the shut pod has heard nothing');
}

/** The record of the shut pod. */
function recordFile(): string {
  const name = readdirSync(records).find(one => readFileSync(join(records, one), 'utf8').includes(device));
  if (name === undefined) throw new Error(`no record names ${device}`);
  return name;
}

async function rename(from: string, to: string): Promise<void> {
  await mustExec(node, 'ip', 'link', 'set', from, 'down');
  await mustExec(node, 'ip', 'link', 'set', from, 'name', to);
  await mustExec(node, 'ip', 'link', 'set', to, 'up');
}

t.test('a device is renamed, and the daemon is started anew', async t => {
  await rename(device, 'veth77');
  t.ok(await until(async () => /was renamed to veth77/.test(await problems())), 'a problem says so');
  await assertKept(t);
  await killDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
  await assertKept(t);
  await rename('veth77', device);
  t.ok(await until(async () => !(await problems()).includes('veth77')), 'it is over');
});

t.test('a record is damaged, then all of them are gone', async t => {
  await killDaemon(node);
  writeFileSync(join(records, recordFile()), '');
  startDaemon(node);
  await waitForDaemon(node);
  await assertKept(t);
  await killDaemon(node);
  rmSync(node.stateDir, { recursive: true });
  startDaemon(node);
  await waitForDaemon(node);
  await assertKept(t);
  const added = await addTestPod(lab, 'n1', 9);
  const taken = new Set([...shut.addresses, ...open.addresses]);
  t.notOk(
    added.addresses.some(address => taken.has(address)),
    'a new pod gets an address of its own',
  );
  t.equal((await callPlugin(node, added, 'DEL')).code, 0);
});

t.test('a policy that was given by hand outlives the state directory', async t => {
  const file = join(node.stateDir, '..', 'by-hand.yaml');
  const metadata = { namespace: open.namespace, name: 'by-hand' };
  const spec = { podSelector: podsNamed('n1-p2'), policyTypes: ['Egress'] };
  const object = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
  writeFileSync(file, JSON.stringify(object));
  await ask('policy', 'apply', file);
  t.ok(await pingedUntil(false, open.netns, addressOf(far, 'ipv4')), 'it is active');
  await killDaemon(node);
  rmSync(node.stateDir, { recursive: true });
  startDaemon(node);
  await waitForDaemon(node);
  t.notOk(await ping(open.netns, addressOf(far, 'ipv4')), 'and is again');
  const status = await ask<{ daemon: { rebuiltPods: number } }>('status');
  t.equal(status.daemon.rebuiltPods, 2, 'status counts the pods that were rebuilt');
  await ask('policy', 'delete', 'NetworkPolicy', `${open.namespace}/by-hand`);
  t.ok(await pingedUntil(true, open.netns, addressOf(far, 'ipv4')));
  await assertKept(t);
});

t.test('the directory is removed while the daemon runs', async t => {
  rmSync(node.stateDir, { recursive: true });
  t.ok(await until(() => existsSync(records) && readdirSync(records).length === 2), 'its records are back');
  rmSync(node.stateDir, { recursive: true });
  const added = await addTestPod(lab, 'n1', 8);
  t.ok(await ping(added.netns, addressOf(far, 'ipv4')));
  rmSync(node.stateDir, { recursive: true });
  t.equal((await callPlugin(node, added, 'DEL')).code, 0, 'DEL');
  t.equal((await callPlugin(node, added, 'DEL')).code, 0, 'and again');
  await assertKept(t);
});

t.test('the pins and the directory move together: flows, policy and records come along', async t => {
  const talking = spawn(
    'nsenter',
    [`--net=${open.netns}`, 'ping', '-n', '-i', '0.05', addressOf(far, 'ipv4')],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let said = '';
  talking.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const configuration = readFileSync(node.configFile, 'utf8');
  const moved = { pinRoot: `${node.pinRoot}-moved`, stateDir: `${node.stateDir}-moved` };
  await killDaemon(node);
  writeFileSync(node.configFile, stringify({ ...(parse(configuration) as object), ...moved }));
  startDaemon(node);
  await waitForDaemon(node);
  t.notOk(existsSync(node.pinRoot), 'no pin is left behind');
  t.strictSame(readdirSync(join(moved.stateDir, 'attachments')).length, 2);
  await killDaemon(node);
  writeFileSync(node.configFile, configuration);
  startDaemon(node);
  await waitForDaemon(node);
  await assertKept(t);
  talking.kill('SIGINT');
  await once(talking, 'close');
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(said) ?? [];
  t.ok(Number(sent) > 10);
  t.ok(Number(received) >= Number(sent) - 1, `${sent} sent, ${received} received`); // the last may be under way
});

t.test('a DEL was cut off, and the start waits for nft', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-nft-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'nft'), '#!/bin/sh\necho "Operation not supported" >&2; exit 1\n');
  chmodSync(join(folder, 'nft'), 0o755);
  await killDaemon(node);
  const record = recordFile();
  renameSync(join(records, record), join(records, `allocated-${record}`));
  const logged = readFileSync(node.logFile, 'utf8').length;
  startDaemon(node, {
    bundle: builtFile('heddled.mjs'),
    environment: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  });
  t.ok(
    await until(() => readFileSync(node.logFile, 'utf8').slice(logged).includes('Operation not supported')),
  );
  const devices = await mustExec(node, 'ip', '-br', 'link');
  t.notMatch(devices, device, 'its device is gone while the start waits');
  await killDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
  t.ok(await ping(open.netns, addressOf(far, 'ipv4')));
});

t.test('a pod whose record was rebuilt is deleted by the key that its runtime has', async t => {
  t.equal((await callPlugin(node, open, 'DEL')).code, 0);
  t.ok(await until(() => readdirSync(records).length === 0), 'no record is left');
  t.notMatch(await mustExec(node, 'ip', '-br', 'link'), hostInterfaceName(open));
});

t.test('from first to last the shut pod has heard nothing', async t => {
  knocking.kill('SIGINT');
  await once(knocking, 'close');
  t.notMatch(heard, /bytes from/);
  t.match(heard, /0 received/);
});
