// The files of test/bpf that are asked one by one: all but those that the player plays.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import { builtFilesBelow } from './build.ts';
import { runTestBundle } from './test-run.ts';

/** Of all bundles of test/bpf, below build/. */
export const TESTS = 'test/test/bpf';
/** They say nothing of behaviour, repeat the tables, or are random. */
const NOT_ASKED =
  /\/(complexity|map-definitions|every-verdict|cut-short|mutation|fuzz-frames|conformance\/.*)\.test\.ts$/;
const SLOW = /\/conntrack-timers\.test\.ts$/;
/** In the source of a test that only plays a table or stories. */
const PLAYED = /^run(Table|Stories)\(/m;

/** What waits for timers comes last. */
export function testFiles(): readonly string[] {
  const tests = builtFilesBelow(TESTS, /\.test\.mjs$/)
    .map(bundle => bundle.replace(/^test\//, '').replace(/\.mjs$/, '.ts'))
    .filter(test => !NOT_ASKED.test(test) && !PLAYED.test(readFileSync(test, 'utf8')));
  return [...tests.filter(test => !SLOW.test(test)), ...tests.filter(test => SLOW.test(test))];
}

/** As it names them, else as what drives them for it does; if that names none either, it may be any. */
export function hooksOfTest(test: string): readonly HookName[] {
  const source = readFileSync(test, 'utf8');
  const drivers = [...source.matchAll(/from '(\S+-driver\.ts)'/g)].map(([, path = '']) =>
    readFileSync(join(dirname(test), path), 'utf8'),
  );
  const named = [source, ...drivers].map(text => HOOK_NAMES.filter(hook => text.includes(`'${hook}'`)));
  return named.find(hooks => hooks.length > 0) ?? HOOK_NAMES;
}

/**
 * The title that fails of a test over the objects of `folder`, once it has failed twice, and otherwise than on the product:
 * a busy machine's failure is no notice, nor is a known one.
 */
export async function failingTitle(
  test: string,
  folder: string,
  ofProduct: () => Promise<ReadonlySet<string>>,
): Promise<string | undefined> {
  const bundle = bundleOf(test, folder);
  if ((await runTestBundle(bundle)).failed.length === 0) return undefined;
  return (await runTestBundle(bundle, { ignored: await ofProduct() })).failed[0];
}

export async function allFailing(test: string, folder: string): Promise<ReadonlySet<string>> {
  const { failed } = await runTestBundle(bundleOf(test, folder), { toTheEnd: true });
  return new Set(failed);
}

function bundleOf(test: string, folder: string): string {
  return join(folder, 'test', test.replace(/\.ts$/, '.mjs'));
}
