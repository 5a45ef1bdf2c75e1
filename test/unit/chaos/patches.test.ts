// The other builds of `make chaos` still fit these sources, each place exactly once.
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { patchedFiles, type BuildPatch } from '../../chaos/builds/patch.ts';
import { BUILDS } from '../../chaos/builds/patches.ts';

const PATCH: BuildPatch = {
  name: 'p',
  replacements: [{ file: 'a.h', find: 'one', replace: 'two' }],
  additions: [{ file: 'b.h', text: 'new' }],
};

function readTree(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Reads these files and no others. */
function reading(files: Readonly<Record<string, string>>): (file: string) => string | undefined {
  return file => files[file];
}

for (const patch of Object.values(BUILDS))
  t.test(`build ${patch.name} fits`, t => {
    t.ok(patchedFiles(patch, readTree).size > 0);
    t.end();
  });

t.test('places are replaced, files added', t => {
  const files = patchedFiles(PATCH, reading({ 'a.h': 'zero one' }));
  t.strictSame(Object.fromEntries(files), { 'a.h': 'zero two', 'b.h': 'new' });
  t.end();
});

t.test('a source that has moved on is told by name', t => {
  const wrong = (files: Readonly<Record<string, string>>) => () => patchedFiles(PATCH, reading(files));
  t.throws(wrong({}), { message: 'build p: there is no a.h' });
  t.throws(wrong({ 'a.h': 'zero' }), { message: 'build p: a.h has "one" 0 times, not once' });
  t.throws(wrong({ 'a.h': 'one one' }), { message: 'build p: a.h has "one" 2 times, not once' });
  t.throws(wrong({ 'a.h': 'one', 'b.h': '' }), { message: 'build p: b.h is there already' });
  t.end();
});
