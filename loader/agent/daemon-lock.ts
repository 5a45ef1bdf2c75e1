// The lock against a second daemon: held from the first act of a start to the end of the process.
//
// Devices, routes, nftables and programs on devices belong to the network namespace, and so do abstract unix names
// (unix(7)): a listener of such a name is seen by every daemon of the namespace, whatever paths, mounts and pid namespace
// it has. Any process may take an abstract name, so the listener's user counts, and a daemon that finds the name taken by
// a user without root listens under a name of its own. Pins and records may be shared by namespaces: their directories
// are locked, which only root can open. The kernel ends all of it with the process.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { abstractListeners, lockDirectory } from 'rtnetlink';
import type { Config } from '../config.ts';
import { HeddleError } from '../errors.ts';
import { makeStateFolders, recordFolder } from '../ipam/attachment-store.ts';
import { checkBpffs, makePinFolder } from '../programs/bpffs.ts';
import { pinFolder } from '../programs/pin.ts';

const NAME = 'heddled';
const ROOT = 0;
/** The first daemon may be too busy to say who it is. */
const ANSWER_MS = 1_000;

export interface NamespaceLock extends Disposable {
  /** One sentence for each user without root that listens under the daemon's name. */
  readonly warnings: readonly string[];
}

/** Throws `IO` when another daemon runs in this network namespace. `socket`: named in that error. */
export async function lockNamespace(socket: string): Promise<NamespaceLock> {
  const own = await listenUnderFreeName(socket);
  const others = abstractListeners(NAME).filter(({ name }) => name !== own.name && isDaemonName(name));
  const daemon = others.find(({ uid }) => uid === ROOT);
  if (daemon !== undefined) {
    own.server.close();
    throw await anotherDaemon(daemon.name);
  }
  return {
    warnings: others.map(({ uid }) => `user ${uid} listens under the daemon's abstract name, and is ignored`),
    [Symbol.dispose]() {
      own.server.close();
    },
  };
}

/** The plain name first: of two daemons that start at once, one has it. */
async function listenUnderFreeName(
  socket: string,
): Promise<{ readonly name: string; readonly server: Server }> {
  const first = await listen(NAME, socket);
  if (first !== undefined) return { name: NAME, server: first };
  const holder = abstractListeners(NAME).find(({ name }) => name === NAME);
  if (holder?.uid === ROOT) throw await anotherDaemon(NAME);
  const name = `${NAME}/${randomBytes(8).toString('hex')}`;
  const server = await listen(name, socket);
  if (server === undefined) throw new HeddleError('IO', `the abstract name ${name} is taken`);
  return { name, server };
}

/** Undefined: the name is taken. */
async function listen(name: string, socket: string): Promise<Server | undefined> {
  const server = createServer(client => {
    client.on('error', () => undefined);
    client.end(` (pid ${process.pid}) at ${socket}`);
  });
  server.unref();
  try {
    await once(server.listen(`\0${name}`), 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function isDaemonName(name: string): boolean {
  return name === NAME || name.startsWith(`${NAME}/`);
}

async function anotherDaemon(name: string): Promise<HeddleError> {
  const who = await askHolder(name);
  return new HeddleError(
    'IO',
    `another daemon${who} runs in this network namespace already: stop it first, nothing was changed`,
  );
}

function askHolder(name: string): Promise<string> {
  return new Promise(resolve => {
    let said = '';
    const client = connect(`\0${name}`).setEncoding('utf8').setTimeout(ANSWER_MS);
    client.on('data', (text: string) => (said += text)).on('close', () => resolve(said));
    client.on('error', () => undefined).on('timeout', () => client.destroy());
  });
}

/**
 * Directories that daemons of two network namespaces could share. Throws `IO` when another one has the pins or the records.
 * The lock is on a folder below that only root can open: a process that opens a folder may lock it.
 */
export function lockDirectories({ pinRoot, stateDir }: Pick<Config, 'pinRoot' | 'stateDir'>): Disposable {
  checkBpffs(pinRoot);
  makePinFolder(pinFolder(pinRoot));
  makeStateFolders(stateDir);
  const pins = lockOf(pinRoot, pinFolder(pinRoot));
  try {
    const records = lockOf(stateDir, recordFolder(stateDir));
    return {
      [Symbol.dispose]() {
        for (const lock of [pins, records]) lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    pins[Symbol.dispose]();
    throw error;
  }
}

/** Throws `IO` as `lockDirectories`, and holds nothing: before anything of theirs is moved. */
export function assertUnused(directories: Pick<Config, 'pinRoot' | 'stateDir'>): void {
  for (const lock of lockIfThere(directories)) lock[Symbol.dispose]();
}

/** As `lockDirectories`, of those that exist: makes none. */
export function lockIfThere({
  pinRoot,
  stateDir,
}: Pick<Config, 'pinRoot' | 'stateDir'>): readonly Disposable[] {
  const folders = [
    [pinRoot, pinFolder(pinRoot)],
    [stateDir, recordFolder(stateDir)],
  ] as const;
  return folders.flatMap(([path, folder]) => (existsSync(folder) ? [lockOf(path, folder)] : []));
}

function lockOf(path: string, folder: string): Disposable {
  const lock = lockDirectory(folder);
  if (lock !== undefined) return lock;
  throw new HeddleError(
    'IO',
    `another daemon, of another network namespace, uses ${path}: give each its own, nothing was changed`,
  );
}
