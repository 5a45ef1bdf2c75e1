// The kustomize base as one file, for `kubectl apply -f`: comments stay, and the image is as kustomization.yaml says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

const kustomization = z.object({
  resources: z.array(z.string()),
  images: z.array(z.object({ name: z.string(), newName: z.string(), newTag: z.string() })),
});

/** Of a base whose resources are files beside it. */
export function plainManifest(folder: string): string {
  const { resources, images } = kustomization.parse(
    parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')),
  );
  let text = resources.map(file => readFileSync(join(folder, file), 'utf8')).join('---\n');
  for (const { name, newName, newTag } of images)
    text = text.replaceAll(`image: ${name}\n`, `image: ${newName}:${newTag}\n`);
  return text;
}
