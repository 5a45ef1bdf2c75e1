// The path at which the server is found: claimed from whoever died there, refused when somebody lives there.
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, type Stats } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { HeddleError } from '../errors.ts';

/** sun_path of unix(7) without its NUL, bytes. */
const LONGEST_PATH = 107;

/**
 * A listener is bound under a name of its own, made private, and only then renamed to `path`: nobody meets it half made,
 * and there is no moment at which `path` answers to nobody.
 */
export class ServerSocket {
  readonly path: string;
  /** Where to bind; carries our pid, so that a second daemon can name us. */
  readonly bindPath: string;
  #published: Stats | undefined;

  private constructor(path: string) {
    this.path = path;
    this.bindPath = `${path}.${process.pid}`;
  }

  /** Rejects when a living process listens at `path`, or something that is no socket stands there. */
  static async claim(path: string): Promise<ServerSocket> {
    const socket = new ServerSocket(path);
    if (Buffer.byteLength(socket.bindPath) > LONGEST_PATH)
      throw new HeddleError('INVALID_CONFIG', `socket path ${path} is too long for a unix socket`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    await refuseIfTaken(path);
    rmSync(socket.bindPath, { force: true }); // of a predecessor with our pid
    return socket;
  }

  /** Call it once something listens at `bindPath`. From then on root, and only root, can connect to `path`. */
  publish(): void {
    chmodSync(this.bindPath, 0o600);
    this.#published = lstatSync(this.bindPath);
    renameSync(this.bindPath, this.path);
  }

  /** Removes what was published, unless another has taken its place. */
  release(): void {
    const published = this.#published;
    this.#published = undefined;
    const current = lstatSync(this.path, { throwIfNoEntry: false });
    if (published !== undefined && current?.ino === published.ino) rmSync(this.path, { force: true });
  }
}

async function refuseIfTaken(path: string): Promise<void> {
  const current = lstatSync(path, { throwIfNoEntry: false });
  if (current === undefined) return;
  if (!current.isSocket()) throw new HeddleError('IO', `${path} is there and is no socket`);
  if (await isAlive(path))
    throw new HeddleError('IO', `another daemon${pidOf(path)} already listens at ${path}`);
}

function isAlive(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      // A full queue belongs to a living process as well; a dead one's socket refuses.
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

/** ' (pid N)' if the listener was bound by us and in this network namespace; the kernel keeps the name it was bound to. */
function pidOf(path: string): string {
  const names = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map(line => line.slice(line.lastIndexOf(' ') + 1));
  const pids = names
    .filter(name => name.startsWith(`${path}.`))
    .map(name => name.slice(path.length + 1))
    .filter(suffix => /^\d+$/.test(suffix));
  return pids[0] === undefined ? '' : ` (pid ${pids[0]})`;
}
