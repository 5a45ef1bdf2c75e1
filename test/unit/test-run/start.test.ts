import t from 'tap';
import { startOf } from '../../../scripts/test-run/start.ts';

const FILE = 'test/bpf/a.test.ts';
const BUNDLE = 'build/test/test/bpf/a.test.mjs';

t.test('a file that asks for nothing is started as it is', t => {
  const { command, args, environment } = startOf(FILE, "import t from 'tap';\n");
  t.equal(command, process.execPath);
  t.equal(args.at(-1), BUNDLE);
  t.same(environment, {});
  t.end();
});

t.test('one that asks for a network namespace of its own begins there', t => {
  const { command, args, environment } = startOf(
    FILE,
    "import '../support/bpf/own-netns.ts';\nimport t from 'tap';\n",
  );
  t.equal(command, 'unshare');
  t.same(args.slice(0, 2), ['--net', process.execPath]);
  t.equal(args.at(-1), BUNDLE);
  t.same(environment, { HEDDLE_TEST_OWN_NETNS: '1' });
  t.end();
});

t.test('a support module of another name is none', t => {
  t.equal(startOf(FILE, "import '../support/bpf/own-netns-mark.ts';\n").command, process.execPath);
  t.end();
});
