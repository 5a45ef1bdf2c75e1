// A directory of one's own in a BPF filesystem.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';

const ROOT = '/sys/fs/bpf';

interface Teardown {
  teardown(end: () => void): void;
}

/** Mounts the filesystem if it is not there, and leaves it; the directory and its pins go with the test. */
export function pinDirectory(t: Teardown): string {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  if (!mounts.includes(` ${ROOT} bpf `)) {
    mkdirSync(ROOT, { recursive: true });
    execFileSync('mount', ['-t', 'bpf', 'bpf', ROOT]);
  }
  const directory = mkdtempSync(`${ROOT}/libbpf-ts-${process.pid}-`);
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
