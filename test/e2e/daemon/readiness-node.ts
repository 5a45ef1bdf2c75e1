// One daemon on a stand-in API server, with everything that its readiness depends on within reach.
import '../../support/bpf/own-netns.ts';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { ensureBpffs } from '../../../lab/bpffs.ts';
import { builtFile } from '../../../lab/installation.ts';
import { removeAllPins } from '../../../loader/programs/cleanup.ts';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { ip } from '../../support/bpf/devices.ts';
import type { ToldBy } from '../../support/told-readiness.ts';

const NAME = `hd-r${randomBytes(4).toString('hex')}`;
const directory = mkdtempSync(join(tmpdir(), 'heddle-readiness-'));
export const path = (name: string): string => join(directory, name);
const pinRoot = `/sys/fs/bpf/heddle-test-${NAME}`;
export const socket = path('run/heddled.sock');
export const confDir = path('net.d');
ensureBpffs();
ip([
  'link set lo up',
  'link add eth0 type veth peer name wire',
  'address add 192.168.9.1/24 dev eth0',
  'address add fd09::1/64 dev eth0 nodad',
  'link set eth0 up',
  'link set wire up',
  'route add default via 172.31.1.1 dev eth0 onlink',
  'link add held type bridge',
]);
mkdirSync(path('state'));
mkdirSync(path('bin'));
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'heddle-test', path('state')]);
writeFileSync(
  path('bin/nft'),
  `#!/bin/sh\n[ -e ${path('broken')} ] && { echo "Error: out of order" >&2; exit 1; }\nexec /usr/sbin/nft "$@"\n`,
);
chmodSync(path('bin/nft'), 0o755);

const server = new StandInApiServer();
await server.comeUp();

export function putNode(podCIDRs: readonly string[], address = '192.168.9.1'): void {
  const before = server.collections.get('/api/v1/nodes', 'own') as
    { spec?: object; status?: object } | undefined;
  server.collections.put({
    kind: 'Node',
    metadata: { name: 'own' },
    spec: { ...before?.spec, podCIDRs },
    status: { ...before?.status, addresses: [{ type: 'InternalIP', address }] },
  });
}

export function putPod(name: string): void {
  server.collections.put({ kind: 'Namespace', metadata: { name: 'lab' } });
  server.collections.put({
    kind: 'Pod',
    metadata: { name, namespace: 'lab', uid: name },
    ...{ spec: { nodeName: 'own' }, status: { phase: 'Pending' } },
  });
}

putNode(['10.9.1.0/24']);
writeFileSync(path('token'), 'first-token');
writeFileSync(path('kubeconfig'), kubeconfig(server.url, path('token')));
writeFileSync(
  path('heddled.yaml'),
  stringify({
    ...{ nodeName: 'own', pinRoot, stateDir: path('state'), runDir: path('run') },
    source: { kind: 'kubernetes', kubeconfig: path('kubeconfig') },
    cni: { confFile: join(confDir, '10-heddle.conflist') },
  }),
);
const log = openSync(path('log'), 'a');
const daemon = spawn(process.execPath, [builtFile('heddled.mjs'), '--config', path('heddled.yaml')], {
  stdio: ['ignore', log, 'inherit'],
  env: { ...process.env, PATH: `${path('bin')}:${process.env['PATH'] ?? ''}` },
});
closeSync(log);
t.teardown(async () => {
  daemon.kill('SIGTERM');
  if (daemon.exitCode === null) await once(daemon, 'exit');
  await server.goAway();
  removeAllPins(pinRoot);
  execFileSync('umount', ['-l', path('state')]);
  rmSync(directory, { recursive: true });
});

export const node: ToldBy = {
  ...{ socket, configFile: path('heddled.yaml'), metrics: 'http://127.0.0.1:9469', server, nodeName: 'own' },
};
