// Builds the suite with one fault in the product's source, and runs it: does it notice?
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import * as z from 'zod';
import { PACKAGE_ALIASES } from '../../../scripts/package-aliases.ts';
import { mutatedSources, type Mutant } from '../mutant.ts';

/** First words of whoever noticed; neither: nobody did. */
export interface Outcome {
  readonly cases?: string | undefined;
  readonly worlds?: string | undefined;
}

const SUITE = 'test/mutants/compiler/suite.ts';
const FOLDER = 'build/mutants/compiler';
const outcome = z.object({ cases: z.string().optional(), worlds: z.string().optional() });

/** Without a mutant: the product as it is, which nobody may find fault with. */
export async function runMutant(mutant: Mutant | undefined, worlds: number): Promise<Outcome> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = join(FOLDER, `${mutant?.name ?? 'none'}-${process.pid}.mjs`);
  await build({
    entryPoints: [SUITE],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: PACKAGE_ALIASES,
    logLevel: 'warning',
    plugins: mutant === undefined ? [] : [broken(mutant)],
  });
  try {
    return await run(outfile, worlds);
  } finally {
    rmSync(outfile);
  }
}

function broken(mutant: Mutant): Plugin {
  const sources = mutatedSources(mutant);
  const unused = new Set(sources.keys());
  return {
    name: `mutant ${mutant.name}`,
    setup(hooks) {
      hooks.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative('.', path);
        const contents = sources.get(file);
        unused.delete(file);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
      hooks.onEnd(() => {
        if (unused.size > 0) throw new Error(`mutant ${mutant.name}: the suite has no ${[...unused].join()}`);
      });
    },
  };
}

function run(bundle: string, worlds: number): Promise<Outcome> {
  return new Promise((done, fail) => {
    const options = { maxBuffer: 64 * 2 ** 20 };
    execFile(process.execPath, [bundle, String(worlds)], options, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) fail(new Error(`${bundle}: ${error.message}\n${stderr}`));
      else if (stdout === '')
        done({ cases: stderr }); // it could not even compile a world
      else done(outcome.parse(JSON.parse(stdout)));
    });
  });
}
