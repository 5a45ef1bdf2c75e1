// The real daemon, as it is bundled, on an API server: it takes its cluster from there, and says there that it is up.
import '../../support/bpf/own-netns.ts';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { ensureBpffs } from '../../../lab/bpffs.ts';
import { callPlugin } from '../../../lab/cni.ts';
import { builtFile } from '../../../lab/installation.ts';
import { addNetns, removeNetns } from '../../../lab/iproute.ts';
import type { NodePlan, PodPlan } from '../../../lab/plan.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { removeAllPins } from '../../../loader/programs/cleanup.ts';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { ip } from '../../support/bpf/devices.ts';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const NAME = `hd-k${randomBytes(4).toString('hex')}`;
const directory = mkdtempSync(join(tmpdir(), 'heddle-kubernetes-'));
const pinRoot = `/sys/fs/bpf/heddle-test-${NAME}`;
const socket = join(directory, 'run/heddled.sock');
ensureBpffs();
ip([
  'link set lo up',
  'link add eth0 type veth peer name wire',
  'address add 192.168.9.1/24 dev eth0',
  'link set eth0 up',
  'link set wire up',
]);

const server = new StandInApiServer();
await server.comeUp();
const taints = [{ key: 'heddle.dev/not-ready', effect: 'NoSchedule' }];
for (const [name, number] of [
  ['own', 1],
  ['far', 2],
] as const)
  server.collections.put({
    kind: 'Node',
    metadata: { name },
    spec: { podCIDRs: [`10.9.${number}.0/24`], ...(name === 'own' && { taints }) },
    status: { addresses: [{ type: 'InternalIP', address: `192.168.9.${number}` }] },
  });
server.collections.put({ kind: 'Namespace', metadata: { name: 'shop' } });
for (const name of ['web', 'late'])
  server.collections.put({
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: `uid-${name}` },
    spec: { nodeName: 'own' },
  });
server.collections.put({
  kind: 'Pod',
  metadata: { name: 'db', namespace: 'shop' },
  spec: { nodeName: 'far' },
  status: { phase: 'Running', podIPs: [{ ip: '10.9.2.7' }] },
});

const tokenFile = join(directory, 'token');
writeFileSync(tokenFile, 'first-token');
writeFileSync(join(directory, 'kubeconfig'), kubeconfig(server.url, tokenFile));
const config = {
  ...{ nodeName: 'own', pinRoot, stateDir: join(directory, 'state'), runDir: join(directory, 'run') },
  source: { kind: 'kubernetes', kubeconfig: join(directory, 'kubeconfig') },
};
writeFileSync(join(directory, 'heddled.yaml'), stringify(config));
const daemon = spawn(
  process.execPath,
  [builtFile('heddled.mjs'), '--config', join(directory, 'heddled.yaml')],
  {
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
t.teardown(async () => {
  daemon.kill('SIGTERM');
  if (daemon.exitCode === null) await once(daemon, 'exit');
  await server.goAway();
  removeAllPins(pinRoot);
  rmSync(directory, { recursive: true });
});

async function added(name: string): Promise<string> {
  const plan = {
    ...{ name, namespace: 'shop', uid: `uid-${name}`, ifname: 'eth0', containerId: `${NAME}-${name}` },
    netns: `/run/netns/${NAME}-${name}`,
  } as PodPlan;
  addNetns(plan.netns);
  const node = { socket } as NodePlan;
  t.teardown(async () => {
    await callPlugin(node, plan, 'DEL');
    removeNetns(plan.netns);
  });
  const { code, stdout } = await callPlugin(node, plan, 'ADD');
  if (code !== 0) throw new Error(stdout);
  return (JSON.parse(stdout) as { ips: { address: string }[] }).ips[0]?.address ?? '';
}

const problems = async (): Promise<string> => String((await askStatus(socket))?.problems ?? 'no answer');

t.test('it is ready with what the API server has, and says so on its Node', async t => {
  t.ok(await until(async () => (await askStatus(socket))?.ready === true));
  t.match(await askStatus(socket), { nodes: 2, remotePods: 1 });
  t.match(await added('web'), /^10\.9\.1\.\d+\/32$/);
  t.ok(await until(() => server.writes().length >= 2));
  t.match(
    server.writes().map(({ method, path }) => `${method} ${path}`),
    ['PATCH /api/v1/nodes/own/status', 'PATCH /api/v1/nodes/own'],
  );
});

t.test('the API server goes away: it is told, pods come up all the same, and it comes back', async t => {
  await server.goAway();
  t.ok(await until(async () => /API server/.test(await problems())), 'it is told');
  t.match(await added('late'), /^10\.9\.1\.\d+\/32$/, 'a pod that was known comes up');
  t.match(await askStatus(socket), { ready: true, nodes: 2, remotePods: 1 });
  await server.comeUp();
  t.ok(await until(async () => (await problems()) === ''), 'no problem is left');
});
