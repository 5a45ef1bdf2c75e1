// Global variables of a loaded object.
import t from 'tap';
import { askForParent, load } from './support/tracing.ts';

t.test('variables: read and written while programs run, constants refused', t => {
  const object = load(t, 'at_raw_tracepoint');
  using link = object.program('at_raw_tracepoint').attach();
  object.variable('runs').set(1_000n);
  askForParent();
  t.ok((object.variable('runs').get() as bigint) > 1_000n);
  t.equal(object.variable('watched_pid').get(), process.pid, 'its neighbour is untouched');
  t.equal(object.variable('step').get(), 1);
  t.throws(() => object.variable('step').set(2), { code: 'EPERM', subject: 'step' });
  t.throws(() => object.variable('runs').set(-1n), { code: 'EINVAL' });
  t.throws(() => object.variable('none'), { code: 'ENOENT' });
  t.ok(link.id > 0);
  t.end();
});
