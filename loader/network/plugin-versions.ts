// Which versions of CNI a plugin speaks: what it answers to VERSION.
import { statSync } from 'node:fs';
import * as z from 'zod';
import { runCommand } from './run-command.ts';

const LIMIT_MS = 5_000;

const answer = z.looseObject({ supportedVersions: z.array(z.string()) });

/** Asks a binary once, and again when it was replaced. */
export class PluginVersions {
  readonly #known = new Map<string, { readonly stamp: string; readonly versions: readonly string[] }>();

  /** Empty for a plugin that does not answer: nothing is known of it. */
  async of(path: string): Promise<readonly string[]> {
    const { ino, size, mtimeMs } = statSync(path);
    const stamp = `${ino} ${size} ${mtimeMs}`;
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.versions;
    const versions = await ask(path);
    this.#known.set(path, { stamp, versions });
    return versions;
  }
}

async function ask(path: string): Promise<readonly string[]> {
  try {
    const env = { CNI_COMMAND: 'VERSION' };
    const { stdout } = await runCommand([path], '{"cniVersion":"1.0.0"}', { limitMs: LIMIT_MS, env });
    return answer.parse(JSON.parse(stdout)).supportedVersions;
  } catch {
    return [];
  }
}
