// heddlectl sysdump: what is known of this node, in one archive without secrets; also while the daemon is dead.
import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { nodeNamed } from '../../../lab/lab.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { HeddleError, messageOf } from '../../../loader/errors.ts';
import { VERSION } from '../../../loader/version.ts';
import { secondsIn } from '../invocation/duration.ts';
import { cniDirectoryOf } from '../invocation/machine-files.ts';
import { formatOf, targetFlagsOf, targetOf, targetWords } from '../invocation/flags.ts';
import { ranInside } from '../invocation/inside-netns.ts';
import { labNamed } from '../invocation/target.ts';
import { printObject } from '../output/output.ts';
import { say } from '../output/terminal.ts';
import { collect, type Dump, type DumpLimits } from './collect.ts';
import { itemsOf, type DumpedInstall } from './items.ts';
import { knownSecrets } from './known-secrets.ts';
import { redactorOf } from './redact.ts';
import { tarOf } from './tar.ts';

const LIMITS = { bytes: 64 << 20, itemBytes: 4 << 20 };
const DEFAULT_TIME = '60s';
const STDOUT = '-';
/** Of a file, without time and ending. */
const MAX_NAME = 200;
/** Of a configuration that says nothing else. */
const DEFAULT_PIN_ROOT = '/sys/fs/bpf/heddle';

export function addSysdumpCommand(program: Command): void {
  program
    .command('sysdump')
    .argument('[file]', "the archive, a .tar.gz; '-' is standard output; default: named after node and time")
    .description('collect what is known of this node in one archive, without secrets')
    .option('--time <time>', 'how long it may take', DEFAULT_TIME)
    .action(async (file: string | undefined, { time }: { time: string }, command: Command) => {
      const { install, problem } = findInstall(command);
      if (await ranInside(install.target)) return;
      const milliseconds = secondsIn(time, '--time') * 1_000;
      const limits = { ...LIMITS, milliseconds, itemMilliseconds: milliseconds / 2 };
      const dump = await dumpInstall(install, limits);
      const missing = problem === undefined ? dump.missing : [problem, ...dump.missing];
      const written = write(file, install, { ...dump, missing });
      if (written.path !== STDOUT) printObject(formatOf(command), written, () => [writtenText(written)]);
    });
}

/** A configuration that is refused is a reason to look into a node, and not one to see nothing. */
function findInstall(command: Command): { readonly install: DumpedInstall; readonly problem?: string } {
  const labNode = labNodeOf(command);
  const [, bundle = ''] = process.argv;
  const common = {
    heddlectl: [process.execPath, bundle, ...targetWords(command)],
    logFile: labNode?.logFile,
  };
  try {
    const target = targetOf(command);
    return { install: { ...common, target, cniDirectory: cniDirectoryOf(command, target.config) } };
  } catch (error) {
    if (!(error instanceof HeddleError && error.code === 'INVALID_CONFIG')) throw error;
    const { pinRoot, netns, configFile } = labNode ?? {
      ...{ pinRoot: DEFAULT_PIN_ROOT, netns: undefined, configFile: targetFlagsOf(command).config },
    };
    const target = { pinRoot, netns, config: undefined, ...(configFile !== undefined && { configFile }) };
    const cniDirectory = cniDirectoryOf(command, undefined);
    return {
      install: { ...common, target, cniDirectory },
      problem: `the configuration is refused: ${error.message}`,
    };
  }
}

function labNodeOf(command: Command): NodePlan | undefined {
  const { lab: name, node } = targetFlagsOf(command);
  if (name === undefined) return undefined;
  const lab = labNamed(name);
  return node === undefined ? lab.nodes[0] : nodeNamed(lab, node);
}

function dumpInstall(install: DumpedInstall, limits: DumpLimits): Promise<Dump> {
  const items = itemsOf(install);
  const documents = items.flatMap(({ name, from }) =>
    'path' in from && /^(config|cni)\//.test(name) ? [readOrNothing(from.path)] : [],
  );
  return collect(items, redactorOf(knownSecrets(install.target.config, documents)), limits);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // told among what is missing
  }
}

interface Written {
  /** '-': standard output. */
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  /** 'name: why'. */
  readonly missing: readonly string[];
}

function write(file: string | undefined, { target }: DumpedInstall, { files, missing }: Dump): Written {
  const node = target.config?.nodeName ?? 'node';
  const now = new Date();
  const folder = `heddle-sysdump-${node}`;
  const about = [`heddlectl ${VERSION}, node ${node}, ${now.toISOString()}`, '', 'Missing:', ...missing, ''];
  const entries = [{ name: 'about.txt', content: Buffer.from(about.join('\n')) }, ...files];
  const archive = gzipSync(
    tarOf(
      entries.map(({ name, content }) => ({ name: `${folder.slice(0, 30)}/${name}`, content })),
      now.getTime() / 1_000,
    ),
  );
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = file ?? `${folder.slice(0, MAX_NAME)}-${time}.tar.gz`;
  if (path === STDOUT) process.stdout.write(archive);
  else writeArchive(path, archive);
  for (const one of missing) say(`missing ${one.split('\n')[0] ?? ''}`);
  return { path, files: entries.length, bytes: archive.length, missing };
}

/** Half an archive is of no use, and in the way of a disk that is full. */
function writeArchive(path: string, archive: Buffer): void {
  try {
    writeFileSync(path, archive, { mode: 0o600 });
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) rmSync(path);
    throw new Error(`the archive cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function writtenText({ path, files, bytes }: Written): string {
  return `${path}: ${files} files, ${Math.ceil(bytes / 1_024)} KiB`;
}
