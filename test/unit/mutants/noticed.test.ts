import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { datapathMutants } from '../../mutants/datapath/mutants.ts';
import { piecesNamed } from '../../mutants/datapath/pieces.ts';
import { likelyToNotice, NOTICED_FILE, readNoticed, withNoticed } from '../../mutants/noticed.ts';

const names = new Set(['a', 'b', 'c']);

t.test('who notices is kept by name, in the order of the names', t => {
  const known = withNoticed({ b: 'a story' }, names, 'a', 'a row');
  t.strictSame(JSON.stringify(known), '{"a":"a row","b":"a story"}');
  t.strictSame(withNoticed(known, names, 'b', 'a test'), { a: 'a row', b: 'a test' });
  t.end();
});

t.test('what nobody notices any more, and what is no mutant any more, is forgotten', t => {
  const known = { a: 'a row', gone: 'a row', b: 'a story' };
  t.strictSame(withNoticed(known, names, 'a', undefined), { b: 'a story' });
  t.end();
});

t.test('who noticed it is asked first, else who noticed others in its file', t => {
  const mutant = (name: string, file: string) => ({
    ...{ name, fault: '', edits: [{ file, find: 'a', replace: 'b' }] },
  });
  const all = [mutant('a', 'x.h'), mutant('b', 'x.h'), mutant('c', 'y.h'), mutant('d', 'x.h')];
  const known = { a: 'a row', b: 'a story', c: 'another', d: 'test/bpf/slow.test.ts' };
  t.strictSame(likelyToNotice(mutant('a', 'x.h'), all, known), ['a row']);
  t.strictSame(likelyToNotice(mutant('new', 'x.h'), all, known), ['a row', 'a story'], 'no test files');
  t.strictSame(likelyToNotice(mutant('new', 'z.h'), all, known), []);
  t.end();
});

t.test('the file names mutants and tests that are there', t => {
  const mutants = new Set(datapathMutants().map(({ name }) => name));
  const noticed = Object.entries(readNoticed());
  t.strictSame(
    noticed.filter(([name]) => !mutants.has(name)),
    [],
  );
  t.strictSame(
    noticed.filter(([, by]) => piecesNamed([by]).length === 0 && !existsSync(by)),
    [],
  );
  const written = readFileSync(NOTICED_FILE, 'utf8');
  t.equal(written, `${JSON.stringify(Object.fromEntries(noticed.sort()), undefined, 2)}\n`, 'sorted');
  t.end();
});
