// Real etcd servers from Debian, each with a data directory of its own: started, paused, restarted and ended by the test.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EtcdServer {
  /** `http(s)://address:port` of its clients. */
  readonly endpoint: string;
  /** What it has on disk. */
  readonly data: string;
  /** Freezes it, as a machine that hangs; `resume` lets it go on. */
  pause(): void;
  resume(): void;
  /** SIGKILL; what it has acknowledged is on disk. */
  kill(): Promise<void>;
  /** Starts it again with the data it had. */
  restart(): Promise<void>;
}

/** PEM files; with them clients need certificates of the same authority. */
export interface EtcdTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface EtcdServerOptions {
  /** Where it runs and listens; absent: here, on loopback. */
  readonly at?: { readonly netns: string; readonly address: string };
  /** What it has on disk, of another before it; absent: nothing, and it is gone with the test. */
  readonly data?: string;
  readonly tls?: EtcdTls;
  /** More of its flags. */
  readonly flags?: readonly string[];
}

interface Test {
  teardown(undo: () => unknown): void;
}

interface Member {
  readonly name: string;
  readonly clientPort: number;
  readonly peer: string;
}

const READY_MS = 60_000;
const LOOPBACK = '127.0.0.1';

export async function startEtcd(t: Test, options: EtcdServerOptions = {}): Promise<EtcdServer> {
  const [clientPort, peerPort] = options.at === undefined ? await freePorts(2) : [2379, 2380];
  const member = { name: 'test', clientPort: clientPort ?? 0, peer: `http://${LOOPBACK}:${peerPort}` };
  const server = makeServer(t, member, { ...options, members: [member] });
  await server.restart();
  return server;
}

/** Members of one cluster, on loopback. Resolves when all of them listen. */
export async function startEtcdCluster(
  t: Test,
  size: number,
  options: Pick<EtcdServerOptions, 'flags'> = {},
): Promise<readonly EtcdServer[]> {
  const ports = await freePorts(2 * size);
  const members = Array.from({ length: size }, (_, i) => ({
    ...{ name: `m${i}`, clientPort: ports[2 * i] ?? 0 },
    peer: `http://${LOOPBACK}:${ports[2 * i + 1]}`,
  }));
  const servers = members.map(member => makeServer(t, member, { ...options, members }));
  await Promise.all(servers.map(server => server.restart()));
  return servers;
}

function makeServer(
  t: Test,
  member: Member,
  options: EtcdServerOptions & { readonly members: readonly Member[] },
): EtcdServer {
  const { at, tls } = options;
  const directory = mkdtempSync(join(tmpdir(), 'heddle-etcd-'));
  const data = options.data ?? join(directory, 'data');
  const address = at?.address ?? LOOPBACK;
  const endpoint = `${tls === undefined ? 'http' : 'https'}://${address}:${member.clientPort}`;
  const argv = etcdWords(member, { ...options, data, endpoint });
  let child: ChildProcess | undefined;
  const restart = async (): Promise<void> => {
    const [command = '', ...rest] = at === undefined ? argv : ['nsenter', `--net=${at.netns}`, ...argv];
    child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
    await untilListening(at?.netns, address, member.clientPort);
  };
  const kill = async (): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  t.teardown(async () => {
    await kill();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    ...{ endpoint, data, kill, restart },
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
  };
}

interface EtcdWordsOptions extends Pick<EtcdServerOptions, 'tls' | 'flags'> {
  readonly members: readonly Member[];
  readonly data: string;
  readonly endpoint: string;
}

function etcdWords(
  { name, peer }: Member,
  { members, data, endpoint, tls, flags = [] }: EtcdWordsOptions,
): string[] {
  const cluster = members.map(member => `${member.name}=${member.peer}`).join(',');
  return [
    ...['etcd', '--name', name, '--data-dir', data, '--logger', 'zap', '--log-level', 'fatal'],
    ...['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', cluster],
    ...(tls === undefined
      ? []
      : ['--cert-file', tls.cert, '--key-file', tls.key, '--trusted-ca-file', tls.ca, '--client-cert-auth']),
    ...flags,
  ];
}

/** All at once: one that is free again may be given a second time. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, LOOPBACK));
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

/** A TCP connection suffices; no data is exchanged. */
async function untilListening(netns: string | undefined, address: string, port: number): Promise<void> {
  const probe = `exec 3<>/dev/tcp/${address}/${port}`;
  const argv = [...(netns === undefined ? [] : ['nsenter', `--net=${netns}`]), 'bash', '-c', probe];
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const [command = '', ...rest] = argv;
    const [code] = (await once(spawn(command, rest, { stdio: 'ignore' }), 'exit')) as [number | null];
    if (code === 0) return;
    await sleep(100);
  }
  throw new Error(`etcd does not listen on ${address}:${port} after ${READY_MS} ms`);
}
