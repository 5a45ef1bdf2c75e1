// What has to notice a fault: the public cases, or else random worlds, at the compiler. Says which of them did; exit 1.
import { checkWorlds } from '../../support/policy/random/check-worlds.ts';
import { readCaseFile } from '../../conformance/case-file.ts';
import { CompiledNodes, compilerLevel } from '../../conformance/compiler-level.ts';
import { mismatchText, playCases } from '../../conformance/play.ts';
import { PUBLIC_CASES } from '../../conformance/public-cases.ts';

const [worlds = '300'] = process.argv.slice(2);

/** Each case alone, up to the first that fails; upstream's come last: they are many, and simple. */
async function noticedByCases(): Promise<string | undefined> {
  for (const path of [...PUBLIC_CASES].reverse())
    for (const each of readCaseFile(path).cases) {
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

const cases = await noticedByCases();
const noticed = { cases, worlds: cases === undefined ? noticedByWorlds() : undefined };
process.stdout.write(`${JSON.stringify(noticed)}\n`);
process.exit(noticed.cases === undefined && noticed.worlds === undefined ? 0 : 1);
