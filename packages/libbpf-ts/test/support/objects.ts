// The compiled test objects, found in a build folder above the running test.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readObject, type ObjectSpec } from '../../src/index.ts';

export type TestObject = 'maps' | 'hooks' | 'netfilter' | 'refused' | 'changed' | 'types' | 'tracing';

export function objectBytes(name: TestObject): Uint8Array {
  return readFileSync(objectPath(name));
}

export function objectSpec(name: TestObject): ObjectSpec {
  return readObject(objectBytes(name));
}

function objectPath(name: TestObject): string {
  const wanted = join('build/test/libbpf-ts', `${name}.bpf.o`);
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, wanted))) return join(folder, wanted);
    if (folder === dirname(folder)) throw new Error(`${wanted} is not built`);
  }
}
