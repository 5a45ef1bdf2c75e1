// What has to notice a fault: the public cases and random worlds, at the compiler. Says which of them did; exit 1.
import { checkWorlds } from '../../support/policy/random/check-worlds.ts';
import { readCaseFile } from '../../conformance/case-file.ts';
import { CompiledNodes, compilerLevel } from '../../conformance/compiler-level.ts';
import { mismatchText, playCases } from '../../conformance/play.ts';
import { PUBLIC_CASES } from '../../conformance/public-cases.ts';

const [worlds = '300'] = process.argv.slice(2);

/** Each case alone, up to the first that fails. */
async function noticedByCases(): Promise<string | undefined> {
  for (const each of PUBLIC_CASES.flatMap(path => readCaseFile(path).cases)) {
    const { mismatches } = await playCases([each], compilerLevel, () => undefined);
    const [first] = mismatches;
    if (first !== undefined) return mismatchText(first);
  }
  return undefined;
}

function noticedByWorlds(): string | undefined {
  const { failure } = checkWorlds({ seed: 1, worlds: Number(worlds) }, world => {
    const nodes = new CompiledNodes(world);
    return query => nodes.ask(query);
  });
  return failure;
}

const noticed = { cases: await noticedByCases(), worlds: noticedByWorlds() };
process.stdout.write(`${JSON.stringify(noticed)}\n`);
process.exit(noticed.cases === undefined && noticed.worlds === undefined ? 0 : 1);
