// An image that needs no registry: one layer, in the archive that `docker save` would write.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ImagePlan {
  /** With registry and version. */
  readonly name: string;
  /** Folder whose files are the image's. */
  readonly root: string;
  readonly entrypoint: readonly string[];
}

/** Writes the archive below `directory`; its path. */
export function writeImageArchive(directory: string, { name, root, entrypoint }: ImagePlan): string {
  const image = join(directory, `${name.replaceAll(/[^a-z]/g, '-')}-image`);
  mkdirSync(image);
  tar(root, join(image, 'layer.tar'));
  const layer = createHash('sha256')
    .update(readFileSync(join(image, 'layer.tar')))
    .digest('hex');
  writeJson(join(image, 'config.json'), {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: entrypoint },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [],
  });
  writeJson(join(image, 'manifest.json'), [
    { Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] },
  ]);
  const archive = `${image}.tar`;
  tar(image, archive);
  return archive;
}

function tar(folder: string, archive: string): void {
  execFileSync('tar', ['--create', '--file', archive, '--owner=0', '--group=0', '-C', folder, '.']);
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value));
}
