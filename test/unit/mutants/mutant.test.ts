import { readFileSync } from 'node:fs';
import t from 'tap';
import { COMPILER_MUTANTS } from '../../mutants/compiler/mutants.ts';
import { datapathMutants } from '../../mutants/datapath/mutants.ts';
import { mutatedSources, mutantsOf, type Edit } from '../../mutants/mutant.ts';

const FILE = 'loader/policy/selectors.ts';
const source = readFileSync(FILE, 'utf8');

function mutated(...edits: readonly Omit<Edit, 'file'>[]): string | undefined {
  const mutant = { name: 'tried', fault: '', edits: edits.map(edit => ({ file: FILE, ...edit })) };
  return mutatedSources(mutant).get(FILE);
}

t.test('an edit replaces what it finds, as it stands', t => {
  t.equal(mutated({ find: source, replace: '$& and $1' }), '$& and $1');
  t.end();
});

t.test('one of several is meant by its number', t => {
  const [before = '', ...rest] = source.split('return');
  t.ok(rest.length > 1, 'there are several');
  t.equal(mutated({ find: 'return', replace: 'give', nth: 1 }), `${before}give${rest.join('return')}`);
  t.throws(() => mutated({ find: 'return', replace: '', nth: 1_000 }), /no number 1000/);
  t.throws(() => mutated({ find: 'return', replace: '', nth: 0 }), /no number 0/);
  t.end();
});

t.test('edits of one file follow each other', t => {
  t.equal(mutated({ find: source, replace: 'one' }, { find: 'one', replace: 'two' }), 'two');
  t.end();
});

t.test('a fault whose place is gone, or is there twice, is no fault', t => {
  t.throws(() => mutated({ find: 'no such words', replace: '' }), /has 'no such words' 0 times, not once/);
  t.throws(() => mutated({ find: 'return', replace: '' }), /times, not once/);
  t.end();
});

t.test('a list of one file gives each of its mutants one edit', t => {
  const entry = { name: 'a', fault: 'b', equivalent: 'c', find: 'd', replace: 'e' };
  t.strictSame(mutantsOf('f', [entry, { ...entry, nth: 2 }]), [
    { name: 'a', fault: 'b', equivalent: 'c', edits: [{ file: 'f', find: 'd', replace: 'e' }] },
    { name: 'a', fault: 'b', equivalent: 'c', edits: [{ file: 'f', find: 'd', replace: 'e', nth: 2 }] },
  ]);
  t.end();
});

t.test('every mutant of the lists can be made, and has a name of its own', t => {
  const all = [...COMPILER_MUTANTS, ...datapathMutants()];
  for (const mutant of all) t.doesNotThrow(() => mutatedSources(mutant), mutant.name);
  const names = all.map(({ name }) => name);
  t.strictSame(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
  t.match(names.join(' '), /^[\w -]+$/, 'as a file may be named');
  t.end();
});
