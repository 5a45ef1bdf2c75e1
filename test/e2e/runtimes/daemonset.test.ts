// deploy/kubernetes as a kubelet runs it: its containers by Debian's containerd, with exactly the mounts, propagation, rights and
// probes of the manifests, on a node whose settings are off.
import '../../support/own-machine.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { VERSION } from '../../../loader/version.ts';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { ip } from '../../support/bpf/devices.ts';
import { certificates } from '../../support/certificates.ts';
import { importImage, startEmptyContainerd } from '../../support/containerd/containerd.ts';
import { containerConfig, containerSpec, podSpec, sandboxConfig } from '../../support/containerd/pod-spec.ts';
import { writeHeddleImage } from '../../support/runtimes/heddle-image.ts';
import { runtimeHome } from '../../support/runtimes/runtime-home.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const BPFFS = '/sys/fs/bpf';
const OWN_NETNS = `/proc/${process.pid}/ns/net`;
/** capability(7): bits of the two. */
const NET_ADMIN_AND_SYS_ADMIN = (1n << 12n) | (1n << 21n);
const ANSWER_LIMIT_MS = 10_000;

const probe = z.object({ httpGet: z.object({ host: z.string(), port: z.number(), path: z.string() }) });
const probes = z.object({ startupProbe: probe, livenessProbe: probe, readinessProbe: probe });

/** File systems that are mounted there, one over the other. */
function bpfMounts(): number {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter(line => line.includes(` ${BPFFS} `)).length;
}

function manifest(file: string): { readonly kind: string; readonly [field: string]: unknown }[] {
  return parseAllDocuments(readFileSync(`deploy/kubernetes/${file}`, 'utf8')).map(
    each => each.toJS() as never,
  );
}

function podOf(file: string) {
  const daemonSet = manifest(file).find(({ kind }) => kind === 'DaemonSet');
  return podSpec.parse((daemonSet?.['spec'] as { template: { spec: unknown } }).template.spec);
}

ip([
  'link set lo up',
  'link add eth0 type veth peer name wire',
  'address add 192.168.9.1/24 dev eth0',
  'link set eth0 up',
  'link set wire up',
]);
execFileSync('sysctl', ['-q', '-w', 'net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0']);
const BEFORE = bpfMounts();
// A machine that has never had a BPF file system.
execFileSync('mount', ['-t', 'tmpfs', 'none', BPFFS]);
mkdirSync('/run/netns', { recursive: true });

// The kubelet makes it.
t.teardown(() => rmSync('/run/heddle', { recursive: true, force: true }));

const server = new StandInApiServer();
await server.comeUp();
t.teardown(() => server.goAway());
server.collections.put({
  kind: 'Node',
  metadata: { name: 'own' },
  spec: { podCIDRs: ['10.9.1.0/24'], taints: [{ key: 'heddle.dev/not-ready', effect: 'NoSchedule' }] },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.9.1' }] },
});
server.collections.put({ kind: 'Namespace', metadata: { name: 'shop' } });
server.collections.put({
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
  spec: { nodeName: 'own' },
});

const home = runtimeHome(t, 'daemonset');
const cni = { plugins: join(home.directory, 'opt-cni-bin'), networks: join(home.directory, 'cni-net.d') };
for (const folder of Object.values(cni)) mkdirSync(folder);
execFileSync('ln', ['-s', '/usr/lib/cni/loopback', cni.plugins]);
const containerd = await startEmptyContainerd(t, home, OWN_NETNS, cni);
const { cri } = containerd;
const image = `docker.io/library/heddle:${VERSION}`;
await importImage(containerd, home, { archive: writeHeddleImage(home.directory, image), name: image });

const { hostname, port } = new URL(server.url);
const [config] = manifest('heddle.yaml').filter(({ kind }) => kind === 'ConfigMap');
const hostPaths = new Map([
  ['/opt/cni/bin', cni.plugins],
  ['/etc/cni/net.d', cni.networks],
]);
const node = {
  nodeName: 'own',
  directory: home.directory,
  configMaps: { heddle: (config?.['data'] ?? {}) as Record<string, string> },
  serviceAccount: { token: 'first-token', 'ca.crt': certificates().ca, namespace: 'kube-system' },
  environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
  hostPath: (path: string) => hostPaths.get(path) ?? path,
};
const pod = podOf('heddle.yaml');
const [heddled] = z.array(containerSpec).parse(pod.containers);
const { startupProbe, livenessProbe, readinessProbe } = probes.parse(pod.containers[0]);
if (heddled === undefined) throw new Error('the DaemonSet has no container');

async function sandbox(name: string) {
  const made = sandboxConfig(name, home.cgroupParent, home.directory);
  const id = await cri.runHostSandbox(made);
  return { made, id };
}

async function runToEnd(
  spec: z.infer<typeof containerSpec>,
  of: typeof pod,
  { made, id }: { readonly made: object; readonly id: string },
): Promise<number | undefined> {
  const container = await cri.runContainer(id, made, containerConfig(spec, of, node));
  await until(async () => (await cri.containerStatus(container)).exitCode !== undefined);
  return (await cri.containerStatus(container)).exitCode;
}

async function probed({ httpGet }: z.infer<typeof probe>): Promise<number> {
  const url = `http://${httpGet.host}:${httpGet.port}${httpGet.path}`;
  const answered = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).catch(() => undefined);
  return answered?.status ?? 0;
}

function sysctl(name: string): string {
  return execFileSync('sysctl', ['-n', name], { encoding: 'utf8' }).trim();
}

function logOf(name: string): string {
  return readFileSync(join(home.directory, `${name}.log`), 'utf8');
}

const daemonSandbox = await sandbox('heddle');
let running = '';

await t.test('the init container mounts a BPF file system that the node keeps', async t => {
  for (const spec of pod.initContainers) t.equal(await runToEnd(spec, pod, daemonSandbox), 0, spec.name);
  t.match(readFileSync('/proc/mounts', 'utf8'), / \/sys\/fs\/bpf bpf /);
  for (const spec of pod.initContainers)
    t.equal(await runToEnd({ ...spec, name: `${spec.name}-again` }, pod, daemonSandbox), 0, 'and again');
  t.equal(bpfMounts(), BEFORE + 2, 'one over the empty folder');
});

await t.test('the daemon becomes ready with two capabilities', async t => {
  running = await cri.runContainer(daemonSandbox.id, daemonSandbox.made, containerConfig(heddled, pod, node));
  const isReady = await until(async () => (await probed(readinessProbe)) === 200);
  t.ok(isReady, isReady ? 'ready' : logOf('heddled'));
  for (const each of [startupProbe, livenessProbe]) t.equal(await probed(each), 200, each.httpGet.path);
  const { pid } = await cri.containerStatus(running);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  for (const set of ['CapEff', 'CapPrm', 'CapBnd'])
    t.equal(
      BigInt(`0x${new RegExp(`${set}:\\s+(\\w+)`).exec(status)?.[1] ?? ''}`),
      NET_ADMIN_AND_SYS_ADMIN,
      set,
    );
  t.equal(sysctl('net.ipv4.ip_forward'), '1');
  t.equal(sysctl('net.ipv6.conf.all.forwarding'), '1');
});

await t.test('heddlectl in the container tells the same', async t => {
  const status = await cri.exec(running, ['heddlectl', 'status']);
  t.equal(status.code, 0, status.output);
  t.match(status.output, /ready/);
  const { output } = await cri.exec(running, ['heddlectl', 'doctor']);
  t.notMatch(output, /error/, output);
});

await t.test('a pod gets its network, keeps it without the daemon, and across a new one', async t => {
  t.ok(await until(async () => (await cri.unmetConditions()).length === 0), 'the runtime has a network');
  t.strictSame(readdirSync(cni.networks), ['05-heddle.conflist']);
  t.ok(readdirSync(cni.plugins).includes('heddle-cni'));
  const made = await cri.runSandbox({
    pod: { name: 'web', namespace: 'shop', uid: 'uid-web' },
    cgroupParent: home.cgroupParent,
  });
  home.namespaces.add(made.netns);
  const [address = ''] = made.addresses;
  t.match(address, /^10\.9\.1\.\d+$/);
  const answers = () => {
    try {
      execFileSync('ping', ['-c1', '-W5', address], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  t.ok(answers(), 'it answers its node');
  await cri.stopContainer(running, 30);
  t.ok(answers(), 'without the daemon, too');
  running = await cri.runContainer(
    daemonSandbox.id,
    daemonSandbox.made,
    containerConfig({ ...heddled, name: 'heddled-again' }, pod, node),
  );
  t.ok(await until(async () => (await probed(readinessProbe)) === 200), 'a new one takes over');
  t.ok(answers());
  await cri.stopSandbox(made.id);
  await cri.removeSandbox(made.id);
});

await t.test('the uninstall leaves nothing', async t => {
  await cri.stopContainer(running, 30);
  const uninstall = podOf('uninstall.yaml');
  const at = await sandbox('heddle-uninstall');
  for (const spec of uninstall.initContainers)
    t.equal(await runToEnd(spec, uninstall, at), 0, logOf(spec.name));
  t.strictSame(readdirSync(cni.networks), []);
  t.notOk(readdirSync(cni.plugins).includes('heddle-cni'));
  // The kernel's own: maps.debug, progs.debug.
  t.strictSame(
    readdirSync(BPFFS).filter(name => !name.endsWith('.debug')),
    [],
  );
  for (const folder of ['/var/lib/heddle', '/run/heddle'])
    t.strictSame(existsSync(folder) ? readdirSync(folder) : [], [], folder);
  t.notMatch(execFileSync('ip', ['link'], { encoding: 'utf8' }), /heddle0/);
  t.notMatch(execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' }), /heddle/);
  for (const { id } of [at, daemonSandbox]) {
    await cri.stopSandbox(id);
    await cri.removeSandbox(id);
  }
});
