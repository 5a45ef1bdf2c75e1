// Installs the CNI plugin's binary and the network configuration that names it.
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeddleError, messageOf } from '../errors.ts';
import { type Change, change } from '../model/change.ts';
import { foreignFirst } from './cni-configurations.ts';
import type { PluginVersions } from './plugin-versions.ts';

export interface CniFiles {
  /** The runtime's plugin directory; empty: the binary is not installed. */
  readonly binDir: string;
  /** The network configuration; empty: it is not written. */
  readonly confFile: string;
  /** The daemon's socket. */
  readonly socket: string;
  /** Prints the daemon's log: for the plugin's errors. */
  readonly logCommand: string;
}

const PLUGIN = 'heddle-cni';
const PERMISSIONS = 0o777;
/** Plugins to chain after Heddle's, if they are installed. */
const CHAINED = [
  { type: 'portmap', capabilities: { portMappings: true } },
  { type: 'bandwidth', capabilities: { bandwidth: true } },
] as const;
/** Longer than a restart of the daemon takes. */
const TIMEOUT_SECONDS = 60;
/** What every runtime and every chained plugin speaks, and what a runtime of 2024 may choose instead: STATUS and GC. */
const VERSION = '1.0.0';
const NEWER_VERSION = '1.1.0';

/**
 * Writes files that are absent or differ: the binary first, the configuration last, since a runtime calls the plugin as
 * soon as it is configured. Files are replaced atomically. Throws `IO`.
 */
export async function installCniFiles(files: CniFiles, versions: PluginVersions): Promise<Change[]> {
  const { binDir, confFile } = files;
  const chained = CHAINED.filter(({ type }) => binDir !== '' && existsSync(join(binDir, type)));
  const spoken = await Promise.all(chained.map(({ type }) => versions.of(join(binDir, type))));
  const isNewer = spoken.every(each => each.includes(NEWER_VERSION));
  const config = networkConfig(files, chained, isNewer);
  return [
    ...(binDir === '' ? [] : installPlugin(join(binDir, PLUGIN))),
    ...(confFile === '' ? [] : replaced(confFile, Buffer.from(config), 0o644)),
  ];
}

function installPlugin(path: string): Change[] {
  const changes = replaced(path, readFileSync(pluginBinary()), 0o755);
  if (isExecutable(path)) return changes;
  throw new HeddleError(
    'IO',
    `${path} cannot be executed, so no pod can be added: its file system is mounted noexec; mount it with exec, or set cni.binDir (and the container runtime) to another folder`,
  );
}

/** access(2) says no on a file system that is mounted noexec, and to root where no executable bit is set. */
function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A sentence if the runtime uses another configuration than ours. */
export function foreignConfiguration({ confFile }: Pick<CniFiles, 'confFile'>): string | undefined {
  return confFile === '' ? undefined : foreignFirst(dirname(confFile), basename(confFile));
}

/** Files that are gone or cannot be executed, and another configuration that the runtime uses: what costs no more than to look. */
export function cniFilesDrift({ binDir, confFile }: CniFiles): string[] {
  const foreign = foreignConfiguration({ confFile });
  return [
    ...(binDir === '' ? [] : [join(binDir, PLUGIN)]).filter(path => !isExecutable(path)),
    ...(confFile === '' ? [] : [confFile]).filter(path => !existsSync(path)),
    ...(foreign === undefined ? [] : [foreign]),
  ];
}

/** The configuration first, so that no runtime calls a missing binary. */
export function removeCniFiles({ binDir, confFile }: Pick<CniFiles, 'binDir' | 'confFile'>): Change[] {
  const paths = [confFile, ...(binDir === '' ? [] : [join(binDir, PLUGIN)])];
  return paths
    .filter(path => path !== '' && existsSync(path))
    .map(path => {
      rmSync(path);
      return change(path, 'removed');
    });
}

/**
 * As libcni reads it (CNI specification 1.1.0, section 1). A runtime that knows `cniVersions` takes the newest that it
 * speaks, so all plugins of the chain must speak it; the others go by `cniVersion`.
 */
function networkConfig(
  { socket, logCommand }: CniFiles,
  chained: readonly (typeof CHAINED)[number][],
  isNewer: boolean,
): string {
  const capabilities = { ips: true, mac: true };
  const plugins = [
    { type: PLUGIN, socket, timeoutSeconds: TIMEOUT_SECONDS, logCommand, capabilities },
    ...chained,
  ];
  const cniVersions = isNewer ? { cniVersions: [VERSION, NEWER_VERSION] } : {};
  return `${JSON.stringify({ cniVersion: VERSION, ...cniVersions, name: 'heddle', plugins }, undefined, 2)}\n`;
}

/** Beside the running code. */
function pluginBinary(): string {
  const path = join(dirname(fileURLToPath(import.meta.url)), PLUGIN);
  if (existsSync(path)) return path;
  throw new HeddleError('IO', `${path} does not exist: build it with 'make cni', or leave cni.binDir empty`);
}

function isAsWanted(path: string, content: Buffer, mode: number): boolean {
  return (
    existsSync(path) && (statSync(path).mode & PERMISSIONS) === mode && readFileSync(path).equals(content)
  );
}

function replaced(path: string, content: Buffer, mode: number): Change[] {
  try {
    if (isAsWanted(path, content, mode)) return [];
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    const fresh = join(dirname(path), `.${PLUGIN}.${process.pid}`);
    writeFileSync(fresh, content);
    chmodSync(fresh, mode); // independent of the umask
    renameSync(fresh, path);
    return [change(path, 'written')];
  } catch (error) {
    const reason = messageOf(error);
    throw new HeddleError(
      'IO',
      `${path} cannot be written, so the container runtime does not use Heddle: ${reason}`,
    );
  }
}
