// Checks the BPF filesystem, and ownership and modes of the daemon's socket and directories.
import { existsSync, lstatSync, statSync } from 'node:fs';
import { checkBpffs } from '../programs/bpffs.ts';
import { findingsOf, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

/** Permission bits of group and others. */
const OTHERS = 0o077;
/** Write bits of group and others. */
const OTHERS_WRITE = 0o022;
const PERMISSIONS = 0o7777;

const bpffs = findingsOf('bpffs');
const files = findingsOf('files');

export function checkBpffsMount({ config: { pinRoot } }: DoctorContext): Finding[] {
  try {
    checkBpffs(pinRoot);
    return [bpffs.ok(`${pinRoot} is in a BPF filesystem`)];
  } catch {
    return [bpffs.error(`${pinRoot} is not in a BPF filesystem`, 'mount -t bpf bpf /sys/fs/bpf')];
  }
}

export function checkFiles({ config: { socket, stateDir, pinRoot } }: DoctorContext): Finding[] {
  return [
    ...socketMode(socket),
    ...directoryMode(stateDir, { what: 'state', maxMode: ~OTHERS_WRITE, suggestedMode: '755' }),
    ...directoryMode(pinRoot, { what: 'pins', maxMode: ~OTHERS_WRITE, suggestedMode: '700' }),
  ];
}

function socketMode(path: string): Finding[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isSocket()) return [files.error(`${path} exists and is not a socket`, `rm -r ${path}`)];
  if (stats.uid !== 0)
    return [files.error(`the socket ${path} belongs to user ${stats.uid}`, `chown 0:0 ${path}`)];
  if ((stats.mode & OTHERS) !== 0)
    return [
      files.error(
        `the socket ${path} has the mode ${octal(stats.mode)}: users other than root can control the daemon`,
        `chmod 600 ${path}`,
      ),
    ];
  return [files.ok(`the socket ${path} is accessible to root only`)];
}

interface DirectoryRule {
  readonly what: string;
  readonly maxMode: number;
  readonly suggestedMode: string;
}

function directoryMode(path: string, { what, maxMode, suggestedMode }: DirectoryRule): Finding[] {
  if (!existsSync(path)) return [];
  const stats = statSync(path);
  if (!stats.isDirectory())
    return [files.error(`${path}, for the ${what}, is not a directory`, `mv ${path} ${path}.old`)];
  if (stats.uid !== 0)
    return [files.error(`${path}, with the ${what}, belongs to user ${stats.uid}`, `chown 0:0 ${path}`)];
  if ((stats.mode & PERMISSIONS & ~maxMode) !== 0)
    return [
      files.error(
        `${path}, with the ${what}, has the mode ${octal(stats.mode)}: users other than root can write there`,
        `chmod ${suggestedMode} ${path}`,
      ),
    ];
  return [files.ok(`${path}, with the ${what}, is writable by root only`)];
}

function octal(mode: number): string {
  return (mode & PERMISSIONS).toString(8).padStart(4, '0');
}
