// Installs the CNI plugin's binary and the network configuration that names it.
import { accessSync, constants, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeddleError } from '../errors.ts';
import { type Change, change } from '../model/change.ts';
import { cniConfigurations, foreignFirst, otherNetwork, PLUGIN } from './cni-configurations.ts';
import { whyUnreachable } from './plugin-reach.ts';
import type { PluginVersions } from './plugin-versions.ts';
import { freshFile, replaceFile } from './replace-file.ts';

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

/** What was written, and a sentence for each file that is not ours, cannot be replaced, and does what ours would. */
export interface InstalledCniFiles {
  readonly changes: readonly Change[];
  readonly problems: readonly string[];
}

const NOTHING: InstalledCniFiles = { changes: [], problems: [] };

/**
 * Writes files that are absent or differ: the binary first, the configuration last, since a runtime calls the plugin as
 * soon as it is configured. Files are replaced atomically. Throws `IO` where pods cannot be added with what is there.
 */
export async function installCniFiles(files: CniFiles, versions: PluginVersions): Promise<InstalledCniFiles> {
  const { binDir, confFile } = files;
  const chained = CHAINED.filter(({ type }) => binDir !== '' && existsSync(join(binDir, type)));
  const spoken = await Promise.all(chained.map(({ type }) => versions.of(join(binDir, type))));
  const isNewer = spoken.every(each => each.includes(NEWER_VERSION));
  const plugin = binDir === '' ? NOTHING : await installPlugin(join(binDir, PLUGIN), files.socket, versions);
  const config = confFile === '' ? NOTHING : installConfig(files, networkConfig(files, chained, isNewer));
  return {
    changes: [...plugin.changes, ...config.changes],
    problems: [...plugin.problems, ...config.problems],
  };
}

async function installPlugin(
  path: string,
  socket: string,
  versions: PluginVersions,
): Promise<InstalledCniFiles> {
  const replacement = replaceFile(path, readFileSync(pluginBinary()), 0o755);
  const { refusal } = replacement;
  const remedy = `mount its file system writable and executable, or set cni.binDir (and the container runtime) to another folder`;
  if (refusal !== undefined && !existsSync(path))
    throw new HeddleError('IO', `${path} cannot be written, so no pod can be added: ${refusal}; ${remedy}`);
  if (!isExecutable(path))
    throw new HeddleError(
      'IO',
      `${path} cannot be executed, so no pod can be added: its file system is mounted noexec, or it has lost its mode; ${remedy}`,
    );
  if (refusal === undefined) return { ...NOTHING, changes: replacement.changes };
  const why = await whyUnreachable(path, socket, versions);
  if (why !== undefined)
    throw new HeddleError(
      'IO',
      `${path} is of another build, cannot be replaced (${refusal}) and does not reach this daemon (${why}), so no pod can be added: put this build's heddle-cni there, or ${remedy}`,
    );
  return {
    ...NOTHING,
    problems: [
      `${path} is of another build and cannot be replaced (${refusal}); it reaches this daemon, so pods are added with it: put this build's heddle-cni there`,
    ],
  };
}

/** One that is there and leads to this daemon does what ours would; without the plugins that are chained now. */
function installConfig(files: CniFiles, text: string): InstalledCniFiles {
  const { confFile, socket } = files;
  const { changes, refusal } = replaceFile(confFile, Buffer.from(text), 0o644);
  if (refusal === undefined) return { ...NOTHING, changes };
  const found = cniConfigurations(dirname(confFile)).find(({ path }) => path === confFile);
  if (found?.socket !== undefined && otherNetwork(found, socket) === undefined)
    return {
      ...NOTHING,
      problems: [
        `${confFile} is not as this build writes it and cannot be replaced (${refusal}); it leads to this daemon, so pods are added with it: make it writable`,
      ],
    };
  throw new HeddleError(
    'IO',
    `${confFile} cannot be written, so the container runtime does not use Heddle: ${refusal}; make its folder writable, or set cni.confFile (and the container runtime) to another folder`,
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
export function foreignConfiguration({ confFile, socket }: CniFiles): string | undefined {
  return confFile === '' ? undefined : foreignFirst(dirname(confFile), basename(confFile), socket);
}

/** Differs after each change of the files: replaced, written, another mode. */
export function cniFilesStamp({ binDir, confFile }: CniFiles): string {
  const paths = [confFile, binDir === '' ? '' : join(binDir, PLUGIN)].filter(path => path !== '');
  const stamps = paths.map(path => statSync(path, { throwIfNoEntry: false }));
  return stamps.map(stat => `${stat?.ino} ${stat?.size} ${stat?.mtimeMs} ${stat?.mode}`).join(', ');
}

/** Files that are gone or cannot be executed, and another configuration that the runtime uses: what costs no more than to look. */
export function cniFilesDrift(files: CniFiles): string[] {
  const { binDir, confFile } = files;
  const foreign = foreignConfiguration(files);
  return [
    ...(binDir === '' ? [] : [join(binDir, PLUGIN)]).filter(path => !isExecutable(path)),
    ...(confFile === '' ? [] : [confFile]).filter(path => !existsSync(path)),
    ...(foreign === undefined ? [] : [foreign]),
  ];
}

/** The configuration first, so that no runtime calls a missing binary. */
export function removeCniFiles({ binDir, confFile }: Pick<CniFiles, 'binDir' | 'confFile'>): Change[] {
  const paths = [confFile, ...(binDir === '' ? [] : [join(binDir, PLUGIN)])].filter(path => path !== '');
  for (const path of paths) rmSync(freshFile(path), { force: true });
  return paths
    .filter(path => existsSync(path))
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
