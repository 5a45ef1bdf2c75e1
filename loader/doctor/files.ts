// Where the daemon keeps its things: the BPF filesystem, its socket, its state.
import { existsSync, lstatSync, statSync } from 'node:fs';
import { checkBpffs } from '../programs/bpffs.ts';
import { findingsOf, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** Anything but what the owner may do. */
const OTHERS = 0o077;
/** What group and others may change. */
const OTHERS_WRITE = 0o022;
const PERMISSIONS = 0o7777;

const bpffs = findingsOf('bpffs');
const files = findingsOf('files');

export function checkBpffsMount({ config: { pinRoot } }: Patient): Finding[] {
  try {
    checkBpffs(pinRoot);
    return [bpffs.ok(`${pinRoot} is in a BPF filesystem`)];
  } catch {
    return [bpffs.error(`${pinRoot} is not in a BPF filesystem`, 'mount -t bpf bpf /sys/fs/bpf')];
  }
}

export function checkFiles({ config: { socket, stateDir, pinRoot } }: Patient): Finding[] {
  return [
    ...socketMode(socket),
    ...directoryMode(stateDir, { what: 'state', allowed: ~OTHERS_WRITE, wanted: '755' }),
    ...directoryMode(pinRoot, { what: 'pins', allowed: ~OTHERS_WRITE, wanted: '700' }),
  ];
}

function socketMode(path: string): Finding[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isSocket())
    return [files.error(`${path} stands where the socket should and is none`, `rm -r ${path}`)];
  if (stats.uid !== 0)
    return [files.error(`the socket ${path} belongs to user ${stats.uid}`, `chown 0:0 ${path}`)];
  if ((stats.mode & OTHERS) !== 0)
    return [
      files.error(
        `the socket ${path} has the mode ${octal(stats.mode)}: others than root may command the daemon`,
        `chmod 600 ${path}`,
      ),
    ];
  return [files.ok(`the socket ${path} is root's alone`)];
}

interface DirectoryRule {
  readonly what: string;
  readonly allowed: number;
  readonly wanted: string;
}

function directoryMode(path: string, { what, allowed, wanted }: DirectoryRule): Finding[] {
  if (!existsSync(path)) return [];
  const stats = statSync(path);
  if (!stats.isDirectory())
    return [
      files.error(`${path} stands where the ${what} should be and is no directory`, `mv ${path} ${path}.old`),
    ];
  if (stats.uid !== 0)
    return [files.error(`${path}, with the ${what}, belongs to user ${stats.uid}`, `chown 0:0 ${path}`)];
  if ((stats.mode & PERMISSIONS & ~allowed) !== 0)
    return [
      files.error(
        `${path}, with the ${what}, has the mode ${octal(stats.mode)}: others than root may write there`,
        `chmod ${wanted} ${path}`,
      ),
    ];
  return [files.ok(`${path}, with the ${what}, is written by root alone`)];
}

function octal(mode: number): string {
  return (mode & PERMISSIONS).toString(8).padStart(4, '0');
}
