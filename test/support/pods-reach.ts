// A lab whose pods all ask each other.
import { testLab, type TestLabOptions } from './lab.ts';
import { eachWay, failuresOf, serveAll } from './reach.ts';

/** Brings the lab up for this test, and asks from every pod to every other; a sentence for each failure. */
export async function podsReachEachOther(
  t: { teardown(clean: () => Promise<void>): void },
  options: TestLabOptions,
): Promise<string[]> {
  const lab = await testLab(t, options);
  const pods = lab.pods.filter(({ node, name }) => node === 'n1' || name.endsWith('-p1')); // two here, one elsewhere
  await serveAll(t, pods);
  const families = (['ipv4', 'ipv6'] as const).filter(
    family => lab.options.families === 'dual' || lab.options.families === family,
  );
  const pairs = pods.flatMap(from => pods.filter(to => to !== from).map(to => [from, to] as const));
  return failuresOf(pairs.flatMap(([from, to]) => eachWay(from, to, families)));
}
