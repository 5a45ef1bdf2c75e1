// Real etcd servers from Debian, each with a data directory of its own: started, paused, restarted and ended by the test.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
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

/** One of several. */
export interface EtcdMember extends EtcdServer {
  /** From the other members: what goes between them is lost. Its clients reach it. */
  cutOff(): void;
  rejoin(): void;
}

/** PEM files; with them clients need certificates of the same authority. */
export interface EtcdTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface EtcdServerOptions {
  /** Where it runs, here without `netns`, and listens; absent: here, on loopback. */
  readonly at?: { readonly netns?: string; readonly address: string };
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
  readonly peerPort: number;
  /** By which its packets are told from those of the others; absent: the test's own. */
  readonly uid?: number;
}

const READY_MS = 60_000;
const LOOPBACK = '127.0.0.1';
/** Of members: no other process has them. */
const FIRST_UID = 64_000;

export async function startEtcd(t: Test, options: EtcdServerOptions = {}): Promise<EtcdServer> {
  const [clientPort = 0, peerPort = 0] = options.at === undefined ? await freePorts(2) : [2379, 2380];
  const member = { name: 'test', clientPort, peerPort };
  const server = makeServer(t, member, { ...options, members: [member] });
  await server.restart();
  return server;
}

/** Members of one cluster; their clients reach them at `address`. Resolves when all of them listen. */
export async function startEtcdCluster(
  t: Test,
  size: number,
  address = LOOPBACK,
): Promise<readonly EtcdMember[]> {
  const ports = await freePorts(2 * size);
  const members = Array.from({ length: size }, (_, i) => ({
    ...{ name: `m${i}`, clientPort: ports[2 * i] ?? 0, peerPort: ports[2 * i + 1] ?? 0 },
    uid: FIRST_UID + i,
  }));
  const servers = members.map(member => ({
    ...makeServer(t, member, { members, at: { address } }),
    ...partition(t, member, members),
  }));
  await Promise.all(servers.map(server => server.restart()));
  return servers;
}

/** Drops packets to the member's peer port, and its own to those of the others. */
function partition(
  t: Test,
  { peerPort, uid }: Member,
  members: readonly Member[],
): Pick<EtcdMember, 'cutOff' | 'rejoin'> {
  const table = `etcd_${peerPort}`;
  const nft = (text: string): void => void execFileSync('nft', ['-f', '-'], { input: text });
  const others = members.map(member => member.peerPort).filter(port => port !== peerPort);
  const rejoin = (): void => nft(`table ip ${table}\ndelete table ip ${table}\n`);
  t.teardown(rejoin);
  return {
    rejoin,
    cutOff: () =>
      nft(
        [
          `table ip ${table} { chain output { type filter hook output priority 0;`,
          `tcp dport ${peerPort} drop`,
          `meta skuid ${uid ?? 0} tcp dport { ${others.join(', ')} } drop`,
          '}',
          '}\n',
        ].join('\n'),
      ),
  };
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
    const [command = '', ...rest] =
      at?.netns === undefined ? argv : ['nsenter', `--net=${at.netns}`, ...argv];
    const { uid } = member;
    if (uid !== undefined) chownSync(directory, uid, uid);
    child = spawn(command, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      ...(uid !== undefined && { uid, gid: uid }),
    });
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
  { name, peerPort }: Member,
  { members, data, endpoint, tls, flags = [] }: EtcdWordsOptions,
): string[] {
  const peerUrl = (port: number): string => `http://${LOOPBACK}:${port}`;
  const peer = peerUrl(peerPort);
  const cluster = members.map(member => `${member.name}=${peerUrl(member.peerPort)}`).join(',');
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
