// The real daemon, as it is bundled, on an API server: it takes its cluster from there, and says there that it is up.
import '../../support/bpf/own-netns.ts';
import { execFileSync, spawn } from 'node:child_process';
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

/** Node warns of something while the daemon runs. */
const WARNING = "data:text/javascript,setTimeout(()=>process.emitWarning('beware'),3000).unref()";
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
  { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: `--import=${WARNING}` } },
);
let [log, stderr] = ['', ''];
daemon.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
daemon.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
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

t.test('the age of the news of each kind is in the status', async t => {
  const watches = (await askStatus(socket))?.watches ?? [];
  t.strictSame(
    watches.map(({ name }) => name?.split('.')[0]),
    ['nodes', 'namespaces', 'pods', 'networkpolicies', 'clusternetworkpolicies'],
  );
  for (const { confirmedAgeSeconds, silent } of watches)
    t.ok(!silent && typeof confirmedAgeSeconds === 'number' && confirmedAgeSeconds < 60);
});

t.test(
  'the API server comes back from a backup: what came after it is gone, and what comes next is known',
  async t => {
    const backup = server.collections.backup();
    const later = (name: string, number: number) => ({
      kind: 'Pod',
      metadata: { name, namespace: 'shop' },
      spec: { nodeName: 'far' },
      status: { phase: 'Running', podIPs: [{ ip: `10.9.2.${number}` }] },
    });
    for (const number of [20, 21, 22]) server.collections.put(later(`later-${number}`, number));
    t.ok(await until(async () => (await askStatus(socket))?.remotePods === 4), 'they are known');
    await server.goAway();
    await server.comeUp(backup);
    t.ok(await until(async () => (await askStatus(socket))?.remotePods === 1), 'they are gone');
    server.collections.put(later('next', 23));
    t.ok(await until(async () => (await askStatus(socket))?.remotePods === 2), 'the next is known');
  },
);

t.test('its own Node goes for a moment: told once, and nothing of it goes', async t => {
  t.ok(await until(async () => (await problems()) === ''), 'no problem before');
  const own = server.collections.get('/api/v1/nodes', 'own');
  if (own === undefined) throw new TypeError('there is no Node');
  server.collections.remove(own);
  t.ok(
    await until(async () => /this node, own, has no Node object since/.test(await problems())),
    'it is told',
  );
  t.match(await askStatus(socket), { ready: true, nodes: 2, remotePods: 2, problems: { length: 1 } });
  t.match(
    execFileSync('ip', ['route', 'show', '10.9.2.0/24']).toString(),
    /heddle0/,
    'the other node is reached',
  );
  server.collections.put({ ...own, metadata: { name: 'own' } });
  t.ok(await until(async () => (await problems()) === ''), 'it is over');
});

t.test('a warning of Node.js is a line of the log, and nothing is on stderr', async t => {
  const lines = () => log.split('\n').filter(line => line !== '');
  t.ok(await until(() => lines().some(line => line.includes('"beware"'))));
  for (const line of lines()) t.doesNotThrow(() => void JSON.parse(line));
  t.equal(stderr, '');
});
