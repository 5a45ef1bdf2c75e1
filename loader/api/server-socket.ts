// The path of the server's socket: a socket file without a listener is replaced, one with a listener is an error.
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, type Stats } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { HeddleError } from '../errors.ts';

/** sun_path of unix(7) without its NUL, bytes. */
const MAX_PATH_BYTES = 107;

/** Sockets that this process has claimed. */
let claims = 0;

/**
 * The listener is bound to a temporary name, gets mode 0600, and is then renamed to `path`: no client connects before the
 * mode is set, and `path` always leads to a listener, the old one or the new one.
 */
export class ServerSocket {
  readonly path: string;
  /**
   * Where to bind. It contains our pid: the error of a second daemon names it. A later claim has another name, since the end
   * of the former listener removes the name that it was bound to.
   */
  readonly bindPath: string;
  #published: Stats | undefined;

  private constructor(path: string) {
    this.path = path;
    this.bindPath = `${path}.${process.pid}${claims === 0 ? '' : `.${claims}`}`;
    claims++;
  }

  /** Rejects when a process listens at `path`, or when `path` is not a socket. */
  static async claim(path: string): Promise<ServerSocket> {
    const socket = new ServerSocket(path);
    if (Buffer.byteLength(socket.bindPath) > MAX_PATH_BYTES)
      throw new HeddleError('INVALID_CONFIG', `socket path ${path} is too long for a unix socket`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    await throwIfTaken(path);
    rmSync(socket.bindPath, { force: true }); // left by an earlier process with our pid
    return socket;
  }

  /** Call it once the server listens at `bindPath`. From then on root, and only root, can connect to `path`. */
  publish(): void {
    chmodSync(this.bindPath, 0o600);
    this.#published = lstatSync(this.bindPath);
    renameSync(this.bindPath, this.path);
  }

  /** Whether `path` still leads to what was published. */
  get isPublished(): boolean {
    const current = lstatSync(this.path, { throwIfNoEntry: false });
    return this.#published !== undefined && current?.ino === this.#published.ino;
  }

  /** Removes the published socket, unless another daemon has replaced it. */
  release(): void {
    if (this.isPublished) rmSync(this.path, { force: true });
    this.#published = undefined;
  }
}

async function throwIfTaken(path: string): Promise<void> {
  const current = lstatSync(path, { throwIfNoEntry: false });
  if (current === undefined) return;
  if (!current.isSocket()) throw new HeddleError('IO', `${path} exists and is not a socket`);
  if (await isListening(path)) throw new HeddleError('IO', `another daemon${pidOf(path)} listens at ${path}`);
}

function isListening(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      // EAGAIN: the backlog of a listener is full. Without a listener connect(2) fails with ECONNREFUSED.
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

/** ' (pid N)' if the listener is a heddled of this network namespace: the kernel keeps the name that it was bound to. */
function pidOf(path: string): string {
  const names = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map(line => line.slice(line.lastIndexOf(' ') + 1));
  const pids = names
    .filter(name => name.startsWith(`${path}.`))
    .map(name => name.slice(path.length + 1))
    .filter(suffix => /^\d+(\.\d+)?$/.test(suffix))
    .map(suffix => suffix.split('.', 1)[0]);
  return pids[0] === undefined ? '' : ` (pid ${pids[0]})`;
}
