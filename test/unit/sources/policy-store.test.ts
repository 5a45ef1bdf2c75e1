// Policies that were given by hand outlive their files: what they close must not open because a disk was wiped.
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { policyKey, type Policy } from '../../../loader/model/policies.ts';
import { PolicyStore } from '../../../loader/sources/applied/policy-store.ts';
import { readStoredPolicy } from '../../../loader/sources/applied/read-policy.ts';

function policy(name: string, label = 'web'): Policy {
  return readStoredPolicy({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'shop', name },
    spec: { podSelector: { matchLabels: { app: label } } },
  });
}

interface Folders {
  readonly kept: string;
  readonly copies: string;
}

function folders(t: Test): Folders {
  const root = t.testdir();
  return { kept: join(root, 'state', 'policies'), copies: join(root, 'run', 'policies') };
}

function open({ kept, copies }: Folders): PolicyStore {
  return new PolicyStore(kept, copies);
}

function onlyFile(folder: string): string {
  const names = readdirSync(folder);
  if (names.length !== 1) throw new Error(`${names.length} files in ${folder}`);
  return join(folder, String(names[0]));
}

function keys({ policies }: { readonly policies: readonly Policy[] }): string[] {
  return policies.map(policyKey);
}

const web = policy('web');
const WEB = policyKey(web);

const LOSSES: Readonly<Record<string, (folders: Folders) => void>> = {
  'the state directory is wiped': ({ kept }) => rmSync(kept, { recursive: true }),
  'its file is cut to no bytes': ({ kept }) => truncateSync(onlyFile(kept), 0),
  'its file is of no policy': ({ kept }) => writeFileSync(onlyFile(kept), '{"kind":"Newer"}'),
  'another state directory is configured': folders => Object.assign(folders, { kept: `${folders.kept}-2` }),
};

for (const [title, lose] of Object.entries(LOSSES))
  t.test(`${title}: the copy counts, and is a file again`, t => {
    const where = folders(t);
    open(where).put(web);
    lose(where);
    const read = open(where).read();
    t.strictSame([keys(read), read.restored, read.problems], [[WEB], [WEB], []]);
    rmSync(where.copies, { recursive: true });
    t.strictSame(open(where).read().restored, [], 'told once');
    t.strictSame(keys(open(where).read()), [WEB]);
    t.end();
  });

t.test('the copies are lost (a reboot): they are made again, of what is kept now', t => {
  const where = folders(t);
  open(where).put(web);
  rmSync(where.copies, { recursive: true });
  open(where).read();
  t.match(readFileSync(onlyFile(where.copies), 'utf8'), /"web"/);
  t.end();
});

t.test('a copy that is older than its original does not come back', t => {
  const where = folders(t);
  open(where).put(web);
  const old = readFileSync(onlyFile(where.copies));
  open(where).put(policy('web', 'db'));
  writeFileSync(onlyFile(where.copies), old); // killed between the two
  open(where).read();
  rmSync(where.kept, { recursive: true });
  t.match(JSON.stringify(open(where).read().policies), /"db"/);
  t.end();
});

t.test('a policy that is deleted is gone from both', t => {
  const where = folders(t);
  open(where).put(web);
  open(where).delete(WEB);
  t.strictSame(keys(open(where).read()), []);
  open(where).put(web);
  rmSync(onlyFile(where.copies)); // killed between the two: it is not deleted
  t.strictSame(keys(open(where).read()), [WEB]);
  t.end();
});

t.test('copies that cannot be written keep nobody from applying a policy', t => {
  const where = folders(t);
  mkdirSync(join(where.copies, '..'), { recursive: true });
  writeFileSync(where.copies, '');
  open(where).put(web);
  t.strictSame(keys(open(where).read()), [WEB]);
  t.end();
});
