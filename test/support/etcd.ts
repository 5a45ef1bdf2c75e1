// A real etcd from Debian on loopback, with a data directory of its own: started, paused, restarted and ended by the test.
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
  /** Freezes it, as a machine that hangs; `resume` lets it go on. */
  pause(): void;
  resume(): void;
  /** SIGKILL; what it has acknowledged is on disk. */
  kill(): Promise<void>;
  /** Starts it again with the data it had. */
  restart(): Promise<void>;
}

export interface EtcdServerOptions {
  /** Where it runs and listens; absent: here, on loopback. */
  readonly at?: { readonly netns: string; readonly address: string };
  /** What it has on disk, of another before it; absent: nothing, and it is gone with the test. */
  readonly data?: string;
  /** PEM files; with them clients need certificates of the same authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

interface Test {
  teardown(undo: () => unknown): void;
}

const READY_MS = 60_000;

export async function startEtcd(t: Test, { at, data, tls }: EtcdServerOptions = {}): Promise<EtcdServer> {
  const address = at?.address ?? '127.0.0.1';
  const [clientPort, peerPort] = at === undefined ? await freePorts() : [2379, 2380];
  const directory = mkdtempSync(join(tmpdir(), 'heddle-etcd-'));
  const endpoint = `${tls === undefined ? 'http' : 'https'}://${address}:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const argv = [
    ...[
      'etcd',
      '--name',
      'test',
      '--data-dir',
      data ?? join(directory, 'data'),
      '--logger',
      'zap',
      '--log-level',
      'error',
    ],
    ...['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint],
    ...[
      '--listen-peer-urls',
      peer,
      '--initial-advertise-peer-urls',
      peer,
      '--initial-cluster',
      `test=${peer}`,
    ],
    ...(tls === undefined
      ? []
      : ['--cert-file', tls.cert, '--key-file', tls.key, '--trusted-ca-file', tls.ca, '--client-cert-auth']),
  ];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const [command = '', ...rest] = at === undefined ? argv : ['nsenter', `--net=${at.netns}`, ...argv];
    child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
    await untilListening(at?.netns, address, clientPort);
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
  await start();
  return {
    endpoint,
    kill,
    restart: start,
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
  };
}

async function freePorts(): Promise<[number, number]> {
  return [await freePort(), await freePort()];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
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
