// Which install is meant: one, and only one.
import t from 'tap';
import { requireConfig, resolveTarget } from '../../../cmd/heddlectl/invocation/target.ts';

t.test('options that exclude each other are refused', t => {
  const sentence = {
    name: 'UsageError',
    message: '--config, --pin-root and --lab exclude each other: use one',
  };
  t.throws(() => resolveTarget({ config: '/a', pinRoot: '/b' }), sentence);
  t.throws(() => resolveTarget({ lab: 'a', pinRoot: '/b' }), sentence);
  t.throws(() => resolveTarget({ node: 'n1' }), {
    message: '--node names a node of a lab: --lab is missing',
  });
  t.end();
});

t.test('mere pins have no configuration, and cleanup wants one', t => {
  const target = resolveTarget({ pinRoot: '/sys/fs/bpf/x' });
  t.strictSame(target, { pinRoot: '/sys/fs/bpf/x', config: undefined, netns: undefined });
  t.throws(() => requireConfig(target, 'cleanup'), { message: /^'cleanup' is about a whole install/ });
  t.end();
});

t.test('a configuration tells where the pins are', t => {
  const file = t.testdir({ 'heddled.yaml': 'pinRoot: /sys/fs/bpf/elsewhere\n' });
  const target = resolveTarget({ config: `${file}/heddled.yaml` });
  t.equal(target.pinRoot, '/sys/fs/bpf/elsewhere');
  t.equal(requireConfig(target, 'cleanup').pinRoot, '/sys/fs/bpf/elsewhere');
  t.end();
});

t.test('a lab that is not there is told with what is', t => {
  t.throws(() => resolveTarget({ lab: 'nosuchlab' }), {
    name: 'UsageError',
    message: /^no lab is named 'nosuchlab': /,
  });
  t.end();
});
