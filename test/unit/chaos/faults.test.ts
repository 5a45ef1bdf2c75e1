import t from 'tap';
import { FAULTS, faultsNamed } from '../../chaos/run.ts';

t.test('a part of a name names some faults, and nothing names all', t => {
  t.strictSame(faultsNamed(''), FAULTS);
  const floods = faultsNamed('flood');
  t.ok(floods.length > 1 && floods.length < FAULTS.length);
  t.ok(floods.every(({ name }) => name.includes('flood')));
  t.strictSame(faultsNamed('no such fault'), []);
  t.end();
});
