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
    message: /^--node is a node of a lab: .*add --lab/, // other tests may have labs up
  });
  t.end();
});

t.test('a directory of pins has no configuration, and cleanup needs one', t => {
  const target = resolveTarget({ pinRoot: '/sys/fs/bpf/x' });
  t.strictSame(target, { pinRoot: '/sys/fs/bpf/x', config: undefined, netns: undefined });
  t.throws(() => requireConfig(target, 'cleanup'), { message: /^'cleanup' needs a configuration: / });
  t.end();
});

t.test('a configuration tells where the pins are', t => {
  const file = t.testdir({ 'heddled.yaml': 'pinRoot: /sys/fs/bpf/elsewhere\n' });
  const target = resolveTarget({ config: `${file}/heddled.yaml` });
  t.equal(target.pinRoot, '/sys/fs/bpf/elsewhere');
  t.equal(requireConfig(target, 'cleanup').pinRoot, '/sys/fs/bpf/elsewhere');
  t.end();
});

t.test('the error for an unknown lab lists the labs that exist', t => {
  t.throws(() => resolveTarget({ lab: 'nosuchlab' }), {
    name: 'UsageError',
    message: /^no lab is named 'nosuchlab': /,
  });
  t.end();
});
