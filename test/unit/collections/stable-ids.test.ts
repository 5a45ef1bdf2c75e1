import t from 'tap';
import { FIRST_POLICY } from '../../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { digest, hash32, StableIds } from '../../../loader/collections/stable-ids.ts';
import {
  ask,
  compilerOf,
  inputOf,
  named,
  network,
  networkPolicy,
  pod,
  pods,
  ports,
  rule,
  subject,
} from '../policy/world.ts';

t.test('a content keeps its number; one that has the same hash gets the next free one', t => {
  const numbers = new StableIds(1, () => 7);
  t.strictSame(
    [numbers.allocate('a'), numbers.allocate('b'), numbers.allocate('a'), numbers.allocate('c')],
    [7, 8, 7, 9],
  );
  numbers.free('b');
  numbers.free('never taken');
  t.strictSame([numbers.allocate('c'), numbers.allocate('d')], [9, 8]);
  t.end();
});

t.test('numbers stay within 32 bits and above what is spoken for', t => {
  const numbers = new StableIds(16, () => 0xffff_ffff);
  t.strictSame([numbers.allocate('a'), numbers.allocate('b'), numbers.allocate('c')], [0xffff_ffff, 16, 17]);
  t.end();
});

t.test('the hash is the same for ever: numbers survive restarts', t => {
  t.strictSame([hash32(''), hash32('a'), hash32('heddle')], [hash32(''), hash32('a'), hash32('heddle')]);
  const hashes = new Set(Array.from({ length: 20_000 }, (_, i) => hash32(`text ${i}`)));
  t.ok(hashes.size >= 19_998);
  t.end();
});

t.test('a digest is the text itself or one of fixed length', t => {
  t.equal(digest('short'), 'short');
  t.equal(digest('x'.repeat(100)).length, 43);
  t.not(digest('x'.repeat(100)), digest('x'.repeat(101)));
  t.end();
});

t.test('equal contents have equal numbers, whoever they belong to and whatever else is there', t => {
  const p = networkPolicy('p', { ingress: [rule('Accept', [pods({ app: 'a' })])] });
  const other = networkPolicy('q', { egress: [rule('Accept', [network('192.0.2.0/24')])] });
  const one = compilerOf({ policies: [p], pods: [pod('a', '10.0.1.1', { labels: { app: 'a' } })] }).compiled;
  const two = compilerOf({
    policies: [other, structuredClone(p)],
    subjects: [subject({ z: '' }), subject()],
    pods: [pod('b', '10.0.1.7'), pod('c', '10.0.1.9', { labels: { b: '', app: 'a' } })],
  }).compiled;
  t.equal(two.pods.get(1)?.ingress, one.pods.get(1)?.ingress);
  t.equal(two.pods.get(1)?.ingress, two.pods.get(2)?.ingress);
  t.strictSame(
    two.identities.get(pod('c', '10.0.1.9').addresses[0] ?? ('' as never)),
    [...one.identities.values()][0],
  );
  t.ok([...one.peers.keys()].every(number => number >= FIRST_POLICY));
  t.end();
});

t.test("a pod's own ports make another policy of it only if a rule names them", t => {
  const ports = [{ name: 'http', number: 80, protocol: 'TCP' }] as const;
  const numbersOf = (name: string) => {
    const policies = [networkPolicy('p', { ingress: [rule('Accept', 'all', [named(name, 'TCP')])] })];
    const { pods } = compilerOf({ subjects: [subject({}, ports), subject()], policies }).compiled;
    return new Set([...pods.values()].map(({ ingress }) => ingress)).size;
  };
  t.equal(numbersOf('http'), 2);
  t.equal(numbersOf('https'), 1);
  t.end();
});

t.test('with a hash of two bits everything is evaluated as with a good one, and active numbers stay', t => {
  const compiler = new PolicyCompiler(text => hash32(text) & 3);
  const wanted = new PolicyCompiler();
  let before = new Map<number, unknown>();
  for (let round = 0; round < 12; round++) {
    const parts = {
      pods: ['a', 'b', 'c'].map((app, i) => pod(app, `10.0.1.${i}`, { labels: { app } })),
      policies: ['a', 'b', 'c'].slice(0, 1 + (round % 3)).map((app, i) =>
        networkPolicy(app, {
          egress: [
            rule('Accept', [pods({ app })], [ports('TCP', 80 + ((round + i) % 4))]),
            rule('Accept', [network('192.0.2.0/24')]),
          ],
        }),
      ),
    };
    compiler.update(inputOf(parts));
    wanted.update(inputOf(parts));
    for (const peer of ['10.0.1.0', '10.0.1.1', '10.0.1.2', '192.0.2.1', '198.51.100.1'])
      for (const port of [80, 81, 82, 83])
        t.equal(ask(compiler, `egress ${peer} ${port}/TCP`), ask(wanted, `egress ${peer} ${port}/TCP`));
    const now = new Map(compiler.compiled.rules);
    for (const [number, meaning] of now) if (before.has(number)) t.strictSame(meaning, before.get(number));
    before = now;
  }
  t.end();
});
