// What an operator does on a machine: copies packages, writes files, types commands.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { until } from '../support/until.ts';
import type { Machine } from './machine.ts';
import { ownPackages, repackAs } from './own-packages.ts';
import type { Action, Chapter } from './page.ts';
import type { Release } from './releases.ts';

/** Where commands are typed. */
const HOME = '/root';
const PACKAGE = /\.\/heddle_([\d.]+)_\w+\.deb/g;

/** Those that were built, and those of other versions that the page names: the same build under that version. */
export function copyPackages(machine: Machine, release: Release, chapters: readonly Chapter[]): void {
  const own = ownPackages(release);
  const folder = mkdtempSync(join(tmpdir(), 'heddle-packages-'));
  try {
    for (const path of own) copy(path, machine);
    for (const version of versionsIn(chapters))
      if (!own.some(path => basename(path).startsWith(`heddle_${version}_`)))
        copy(repackAs(own[0] ?? '', version, folder), machine);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function copy(path: string, machine: Machine): void {
  cpSync(path, machine.path(join(HOME, basename(path))));
}

function versionsIn(chapters: readonly Chapter[]): string[] {
  const texts = chapters.flatMap(({ actions }) => actions.map(({ text }) => text));
  return [
    ...new Set(texts.flatMap(text => Array.from(text.matchAll(PACKAGE), ([, version = '']) => version))),
  ];
}

export async function playAction(machine: Machine, action: Action): Promise<void> {
  if (action.kind === 'file') {
    const path = machine.path(action.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, action.text);
  } else await machine.run(action.text);
}

/** Rejects unless the daemon that runs after an installation is of the version that was installed. */
export async function daemonVersionAfter(machine: Machine, { text }: Action): Promise<void> {
  const [, version] = /^apt install .*\.\/heddle_([\d.]+)_/.exec(text) ?? [];
  if (version === undefined) return;
  let told = '';
  const isSo = await until(async () => {
    told = await machine.run('heddlectl status --row');
    const [condition, running] = told.split('\t');
    return condition === 'ready' && running === version;
  });
  if (!isSo) throw new Error(`${machine.name}: ${text}: the daemon of that version is not ready: ${told}`);
}

/** Rejects unless the daemon is run by that program. */
export async function mustRunOn(machine: Machine, node: string): Promise<void> {
  const program = await machine.run(
    'readlink /proc/$(systemctl show --value --property MainPID heddled)/exe',
  );
  if (program.trim() !== node)
    throw new Error(`${machine.name}: heddled runs on ${program.trim()}, not on ${node}`);
}
