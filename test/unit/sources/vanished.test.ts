// A manifests directory whose content goes as a whole. The kind: a source that is absent is taken for an empty cluster.
// Examples: all files deleted at once, a directory renamed away and made anew, another file system mounted over it.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ManifestDirectory } from '../../../loader/sources/manifests/directory.ts';
import { emptyCluster } from '../../../loader/model/objects.ts';

const NODE = 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec: {podCIDRs: [10.1.0.0/24]}\n';

async function directoryOf(t: Test): Promise<ManifestDirectory> {
  const directory = new ManifestDirectory(
    join(t.testdir({ m: { 'a.yaml': NODE, 'b.yaml': NODE.replace('n1', 'n2') } }), 'm'),
    { settleMs: 100 },
  );
  await directory.scan(true);
  return directory;
}

function nodesOf(directory: ManifestDirectory): readonly string[] {
  return [...directory.cluster(emptyCluster).state.nodes.keys()].sort();
}

for (const [title, empty, look] of [
  [
    'its files are deleted, and events name them',
    (path: string) => ['a.yaml', 'b.yaml'].forEach(name => rmSync(join(path, name))),
    (directory: ManifestDirectory) => directory.read(['a.yaml', 'b.yaml']),
  ],
  [
    'it is renamed away, and another one is made',
    (path: string) => {
      renameSync(path, `${path}.old`);
      mkdirSync(path);
    },
    (directory: ManifestDirectory) => directory.scan(),
  ],
  [
    'it is deleted',
    (path: string) => rmSync(path, { recursive: true }),
    (directory: ManifestDirectory) => directory.scan(),
  ],
] as const)
  t.test(`${title}: what they said stays, until one is back`, async t => {
    const directory = await directoryOf(t);
    empty(directory.path);
    await look(directory);
    t.strictSame(nodesOf(directory), ['n1', 'n2']);
    t.match(directory.problems(), [
      /the manifests directory .* (is empty now: what its 2 files|cannot be read)/,
    ]);
    mkdirSync(directory.path, { recursive: true });
    writeFileSync(join(directory.path, 'a.yaml'), NODE);
    await directory.read(['a.yaml']);
    t.strictSame(nodesOf(directory), ['n1'], 'then the directory is as it is');
    t.strictSame(directory.problems(), []);
  });

t.test('a file that is deleted among others is deleted', async t => {
  const directory = await directoryOf(t);
  rmSync(join(directory.path, 'b.yaml'));
  await directory.read(['b.yaml']);
  t.strictSame(nodesOf(directory), ['n1']);
});
