import t from 'tap';
import { BpfError, loadObject } from '../src/index.ts';
import { loadError } from '../src/verifier-log.ts';
import { objectSpec } from './support/objects.ts';

t.test('a program that the verifier refuses says why, where, and keeps the whole log', t => {
  try {
    loadObject(objectSpec('refused'), { name: 'refused' })[Symbol.dispose]();
    t.fail('it was loaded');
  } catch (error) {
    t.ok(error instanceof BpfError);
    t.match(error, { code: 'VERIFIER', subject: 'refused unchecked', cause: { code: 'EACCES' } });
    t.match(
      (error as BpfError).message,
      /invalid access to packet.*outside of the packet \(\d+ lines omitted\)/,
    );
    t.ok(
      (error as BpfError).log.some(line => line.includes('processed 2 insns')),
      'the log is whole',
    );
    t.ok(
      (error as BpfError).log.some(line => line.includes('refused.bpf.c')),
      'with source lines',
    );
  }
  t.end();
});

t.test('a log does not carry over to the next load', t => {
  const refuse = (): readonly string[] => {
    try {
      loadObject(objectSpec('refused'))[Symbol.dispose]();
    } catch (error) {
      if (error instanceof BpfError) return error.log;
    }
    return [];
  };
  const first = refuse();
  t.ok(first.length > 0);
  t.equal(refuse().length, first.length);
  t.end();
});

t.test('without a verifier in it, the errno stays and libbpf says more', t => {
  const error = loadError(
    -22,
    'x',
    "libbpf: prog 'p': missing BPF prog type\nlibbpf: failed to load object 'x'\n",
  );
  t.equal(error.code, 'EINVAL');
  t.equal(error.message, "load x: EINVAL: invalid argument: prog 'p': missing BPF prog type");
  t.equal(error.log.length, 2);
  t.equal(loadError(-12, 'x', '').message, 'load x: ENOMEM: not enough memory');
  t.end();
});
