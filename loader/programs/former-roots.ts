// Pin roots that an earlier configuration named: their links are attached to this network namespace.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listPinnedLinks } from './pinned-links.ts';

const BPFFS = '/sys/fs/bpf';

/** Beside `pinRoot` and at the top of the usual BPF filesystem. */
export function formerPinRoots(pinRoot: string): readonly string[] {
  const netns = statSync('/proc/self/ns/net').ino;
  const folders = [...new Set([dirname(pinRoot), BPFFS])].flatMap(foldersIn);
  return folders.filter(folder => folder !== pinRoot && isAttachedTo(folder, netns));
}

/** Inodes of namespaces that are gone are given again, so a live link counts. */
function isAttachedTo(pinRoot: string, netns: number): boolean {
  return (
    foldersIn(join(pinRoot, 'netfilter')).includes(join(pinRoot, 'netfilter', String(netns))) &&
    listPinnedLinks(pinRoot).some(link => link.netns === netns && link.programId !== 0)
  );
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return []; // it is not there, or no folder
  }
}
