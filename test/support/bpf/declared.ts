// What an object declares, read once for a process: its type information is most of it, and reading is pure.
import { readFileSync } from 'node:fs';
import { readObject, type ObjectSpec } from 'libbpf-ts';
import { objectPath } from './object-path.ts';
import type { HookName } from './table.ts';

const declared = new Map<HookName, ObjectSpec>();

export function declaredBy(hook: HookName): ObjectSpec {
  const spec = declared.get(hook) ?? readObject(readFileSync(objectPath(hook)));
  declared.set(hook, spec);
  return spec;
}
