// make conformance: plays case files at a level. Arguments: the level, then the files; those of the project without.
import { CaseFileError, readCaseFile, type CaseFile } from '../test/conformance/case-file.ts';
import { LevelError, type Level } from '../test/conformance/level.ts';
import { LEVEL_NAMES, levelNamed } from '../test/conformance/levels.ts';
import { mismatchText, playCases } from '../test/conformance/play.ts';
import { readWorld } from '../test/conformance/policy-input.ts';
import { PUBLIC_CASES } from '../test/conformance/public-cases.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function readAll(paths: readonly string[]): readonly CaseFile[] {
  try {
    const files = paths.map(readCaseFile);
    for (const { cases } of files) for (const each of cases) readWorld(each); // policies are read, or refused
    return files;
  } catch (error) {
    if (error instanceof CaseFileError || error instanceof LevelError) refuse(error.message);
    throw error;
  }
}

async function play(file: CaseFile, level: Level): Promise<{ rows: number; mismatches: number }> {
  print(`${file.name}: ${file.cases.length} cases at ${level.name}`);
  const start = Date.now();
  const { rows, mismatches } = await playCases(file.cases, level, played => {
    const mark = played.mismatches.length === 0 ? 'ok  ' : 'FAIL';
    const count = `${played.rows} rows, ${played.mismatches.length} mismatches`;
    print(`${mark} ${played.case.name}, ${played.way}: ${count}`);
    for (const mismatch of played.mismatches)
      print(`     ${mismatchText(mismatch).replaceAll('\n', '\n     ')}`);
  });
  print(`${file.name}: rows ${rows}, mismatches ${mismatches.length} in ${(Date.now() - start) / 1000} s`);
  return { rows, mismatches: mismatches.length };
}

async function end(code: number): Promise<never> {
  await level.finish?.();
  process.exit(code);
}

const [name = 'compiler', ...paths] = process.argv.slice(2);
const level = levelNamed(name) ?? refuse(`there is no level '${name}': write ${LEVEL_NAMES.join(' or ')}`);
const files = readAll(paths.length > 0 ? paths : PUBLIC_CASES);
await level.prepare?.();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));
let [rows, mismatches] = [0, 0];
for (const file of files) {
  try {
    const played = await play(file, level);
    rows += played.rows;
    mismatches += played.mismatches;
  } catch (error) {
    await level.finish?.();
    if (error instanceof LevelError) refuse(`${file.name}: ${error.message}`);
    throw error;
  }
}
print(`rows ${rows}, mismatches ${mismatches}`);
await end(mismatches === 0 ? 0 : 1);
