// Remembers across restarts what broken files said before they broke, so that a restart changes nothing.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ClusterObject } from '../objects/kubernetes-objects.ts';

/** Raised whenever the model's objects change their form: what another form wrote is forgotten. */
const FORM = 3;

const memory = z.object({
  form: z.literal(FORM),
  files: z.record(z.string(), z.array(z.custom<ClusterObject>(value => typeof value === 'object'))),
});

export type ObjectsByFile = ReadonlyMap<string, readonly ClusterObject[]>;

/** Empty when nothing is remembered, or not in a form that is understood. */
export function readLastGood(path: string): ObjectsByFile {
  try {
    return new Map(Object.entries(memory.parse(JSON.parse(readFileSync(path, 'utf8'))).files));
  } catch {
    return new Map(); // none, torn by a power cut, or of another version: the files themselves are the truth
  }
}

/** Whole or not at all; no file when nothing is broken. */
export function writeLastGood(path: string, files: ObjectsByFile): void {
  if (files.size === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify({ form: FORM, files: Object.fromEntries(files) }), {
    mode: 0o600,
  });
  renameSync(`${path}.new`, path);
}
