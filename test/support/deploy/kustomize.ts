// The part of kustomize that deploy/ uses: resources, images, and strategic merge patches of a DaemonSet.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export interface ClusterObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly patches?: readonly { readonly path: string }[];
}

type Fields = Readonly<Record<string, unknown>>;

/** What lists of a Pod are merged by (the API's patchMergeKey). */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  ...{ containers: 'name', initContainers: 'name', env: 'name', volumes: 'name' },
  ...{ volumeMounts: 'mountPath', ports: 'containerPort' },
};

export function objectsIn(text: string): ClusterObject[] {
  return parseAllDocuments(text).map(document => document.toJS() as ClusterObject);
}

/** As `kubectl kustomize FOLDER` prints, in another order. */
export function kustomize(folder: string): ClusterObject[] {
  const {
    resources,
    images = [],
    patches = [],
  } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as Kustomization;
  let objects = resources.flatMap(name => resource(join(folder, name)));
  for (const { path } of patches)
    for (const patch of objectsIn(readFileSync(join(folder, path), 'utf8')))
      objects = objects.map(object =>
        isSame(object, patch) ? (merge(object, patch) as ClusterObject) : object,
      );
  const tags = new Map(images.map(({ name, newName, newTag }) => [name, `${newName}:${newTag}`]));
  return objects.map(object => withImages(object, tags) as ClusterObject);
}

function resource(path: string): ClusterObject[] {
  return statSync(path).isDirectory() ? kustomize(path) : objectsIn(readFileSync(path, 'utf8'));
}

function isSame(a: ClusterObject, b: ClusterObject): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(value: unknown, patch: unknown, name = ''): unknown {
  if (isFields(value) && isFields(patch))
    return Object.entries(patch).reduce<Fields>(
      (merged, [field, part]) => ({ ...merged, [field]: merge(merged[field], part, field) }),
      value,
    );
  const key = MERGE_KEYS[name];
  if (!Array.isArray(value) || !Array.isArray(patch) || key === undefined) return patch;
  return mergeLists(value as Fields[], patch as Fields[], key);
}

/** What is new comes first, as kustomize has it. */
function mergeLists(list: readonly Fields[], patch: readonly Fields[], key: string): Fields[] {
  const added = patch.filter(part => !list.some(each => each[key] === part[key]));
  const merged = list.map(each => {
    const part = patch.find(one => one[key] === each[key]);
    return part === undefined ? each : (merge(each, part) as Fields);
  });
  return [...added, ...merged];
}

function withImages(value: unknown, tags: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map(each => withImages(each, tags));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      name === 'image' && typeof part === 'string' ? (tags.get(part) ?? part) : withImages(part, tags),
    ]),
  );
}
