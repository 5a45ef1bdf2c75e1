// A lab whose pods all ask each other, and its nodes.
import type { Lab } from '../../lab/lab.ts';
import { testLab, type TestLabOptions } from './lab.ts';
import { fromEveryAddress, nodeWithAllAddresses, setRpFilter, toEveryAddress } from './node-reach.ts';
import { eachWay, failuresOf, serveAll } from './reach.ts';

interface Test {
  teardown(clean: () => Promise<void>): void;
}

/** Brings the lab up for this test, and asks from every pod to every other; a sentence for each failure. */
export async function podsReachEachOther(t: Test, options: TestLabOptions): Promise<string[]> {
  return podFailures(t, await testLab(t, options));
}

/** The same, and then from pods to every address of every node, and from each of those to the pods: with strict reverse path filters. */
export async function podsAndNodesReachEachOther(t: Test, options: TestLabOptions): Promise<string[]> {
  const lab = await testLab(t, options);
  return [...(await podFailures(t, lab)), ...(await nodeFailures(t, lab))];
}

async function podFailures(t: Test, lab: Lab): Promise<string[]> {
  const pods = lab.pods.filter(({ node, name }) => node === 'n1' || name.endsWith('-p1')); // two here, one elsewhere
  await serveAll(t, pods);
  const families = (['ipv4', 'ipv6'] as const).filter(
    family => lab.options.families === 'dual' || lab.options.families === family,
  );
  const pairs = pods.flatMap(from => pods.filter(to => to !== from).map(to => [from, to] as const));
  return failuresOf(pairs.flatMap(([from, to]) => eachWay(from, to, families)));
}

/** Of one pod of each node, which serves already. */
async function nodeFailures(t: Test, lab: Lab): Promise<string[]> {
  const nodes = lab.nodes.map(nodeWithAllAddresses);
  await serveAll(t, nodes);
  for (const { netns } of nodes) await setRpFilter(netns, 1);
  const pods = lab.pods.filter(({ name }) => name.endsWith('-p1'));
  const pairs = pods.flatMap(pod => nodes.map(node => [pod, node] as const));
  return [
    ...(await failuresOf(pairs.flatMap(([pod, node]) => toEveryAddress(pod, node)))),
    ...(await failuresOf(pairs.flatMap(([pod, node]) => fromEveryAddress(node, pod)))),
  ];
}
