// What kubectl makes of the base and the overlays is what the other tests take them for.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import t from 'tap';
import { kustomize, objectsIn, type ClusterObject } from '../../support/deploy/kustomize.ts';

const KUBECTL = 'build/kubectl/usr/bin/kubectl';
const OVERLAYS = 'deploy/kubernetes/overlays';

/** Lists that are merged by a name have no order that means anything. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).sort((a, b) => (nameOf(a) === nameOf(b) ? 0 : nameOf(a) < nameOf(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, sorted(part)]));
}

function nameOf(value: unknown): string {
  return (value as { readonly name?: string } | null)?.name ?? '';
}

function byName(objects: readonly ClusterObject[]): Map<string, unknown> {
  return new Map(objects.map(object => [`${object.kind} ${object.metadata.name}`, sorted(object)]));
}

for (const folder of ['deploy/kubernetes/base', ...readdirSync(OVERLAYS).map(name => `${OVERLAYS}/${name}`)])
  t.test(folder, t => {
    const rendered = execFileSync(KUBECTL, ['kustomize', folder], { encoding: 'utf8' });
    t.strictSame(byName(objectsIn(rendered)), byName(kustomize(folder)));
    t.end();
  });
