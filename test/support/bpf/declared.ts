// What an object declares, read once: its type information is most of it, and reading is pure.
import { readFileSync } from 'node:fs';
import { readObject, type ObjectSpec } from 'libbpf-ts';
import { objectFolder, objectPath } from './object-path.ts';
import type { HookName } from './table.ts';

const declared = new Map<HookName, ObjectSpec>();
let folder: string | undefined;

/** Of the folder that is set now: who plays mutants goes from one to the next, and only the last one's objects are kept. */
export function declaredBy(hook: HookName): ObjectSpec {
  if (objectFolder() !== folder) declared.clear();
  folder = objectFolder();
  const spec = declared.get(hook) ?? readObject(readFileSync(objectPath(hook)));
  declared.set(hook, spec);
  return spec;
}
