// Traceroute between pods shows the path as it is: a router for each node that forwards, and the other pod.
import t from 'tap';
import { addressOf, mustExec, podNamed, testLab, type TestLabOptions } from '../../support/lab.ts';

const clusters: readonly (readonly [title: string, options: TestLabOptions])[] = [
  ['encapsulated', {}],
  ['plain', { encapsulation: 'never' }],
];

for (const [title, options] of clusters) {
  t.test(`${title}: own node, other node, other pod`, async t => {
    const lab = await testLab(t, options);
    const [from, near, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
    for (const family of ['ipv4', 'ipv6'] as const) {
      const nodes = lab.nodes.map(node => {
        const overlay =
          family === 'ipv4' ? `10.244.${node.name.slice(1)}.1` : `fd00:244:0:${node.name.slice(1)}::1`;
        return [addressOf(node, family), overlay];
      });
      const hops = await hopsTo(from, addressOf(far, family));
      t.equal(hops.length, 3, `${family}: three hops to a pod of another node`, { hops });
      t.ok(nodes[0]?.includes(hops[0] ?? ''), `${family}: first its own node`, { hops });
      t.ok(nodes[1]?.includes(hops[1] ?? ''), `${family}: then the other node`, { hops });
      t.equal(hops[2], addressOf(far, family), `${family}: then the pod`);
      const short = await hopsTo(from, addressOf(near, family));
      t.equal(short.length, 2, `${family}: two hops to a pod of its own node`, { hops: short });
      t.equal(short[1], addressOf(near, family), `${family}: of which the last is the pod`);
    }
  });
}

async function hopsTo(from: { readonly netns: string }, address: string): Promise<string[]> {
  const output = await mustExec(from, 'traceroute', '-n', '-q', '1', '-w', '2', '-m', '6', address);
  const lines = output.trim().split('\n').slice(1);
  return lines.map(line => line.trim().split(/\s+/)[1] ?? '');
}
