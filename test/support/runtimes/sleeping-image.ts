// An image that needs no registry: Debian's static busybox, asleep, in the archive that `docker save` would write.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SLEEPING_IMAGE = 'localhost/heddle/asleep:1';
/** Longer than any test. */
const SLEEP_SECONDS = '86400';

/** Writes the archive below `directory`; its path. */
export function writeSleepingImage(directory: string): string {
  const image = join(directory, 'image');
  const root = join(directory, 'image-root');
  mkdirSync(image);
  for (const folder of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp'])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  tar(root, join(image, 'layer.tar'));
  const layer = createHash('sha256')
    .update(readFileSync(join(image, 'layer.tar')))
    .digest('hex');
  writeJson(join(image, 'config.json'), {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: ['/bin/busybox', 'sleep', SLEEP_SECONDS] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [],
  });
  writeJson(join(image, 'manifest.json'), [
    { Config: 'config.json', RepoTags: [SLEEPING_IMAGE], Layers: ['layer.tar'] },
  ]);
  const archive = join(directory, 'image.tar');
  tar(image, archive);
  return archive;
}

function tar(folder: string, archive: string): void {
  execFileSync('tar', ['--create', '--file', archive, '--owner=0', '--group=0', '-C', folder, '.']);
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value));
}
