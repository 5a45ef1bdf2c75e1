import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { podKey, type PodObject } from '../../../loader/model/objects.ts';
import { policyKey, type Policy, type PolicyPeer } from '../../../loader/model/policies.ts';
import type { CompiledPolicy, PolicyChange, PolicyInput } from '../../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { changedKeys } from '../../../loader/policy/map-diff.ts';
import {
  clusterPolicy,
  every,
  inputOf,
  labelled,
  named,
  network,
  networkPolicy,
  node,
  nodes,
  OWN,
  pod,
  pods,
  ports,
  rule,
  subject,
  unknown,
} from './world.ts';

class Dice {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  below(n: number): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((this.#seed / 2 ** 32) * n);
  }

  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.below(of.length)] ?? of[0];
  }
}

const CIDRS = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.0.1.0/24',
  '10.0.1.0/28',
  '192.0.2.0/24',
  '::/0',
  'fd00::/16',
] as const;

function anyPeer(dice: Dice): PolicyPeer {
  const cidr = dice.one(CIDRS);
  const label = { app: dice.one(['a', 'b', 'c']) };
  return dice.one<() => PolicyPeer>([
    () => pods(label),
    () => pods(dice.below(2) ? label : {}, labelled({ team: dice.one(['s', 't']) })),
    () => pods({}, every),
    () => nodes(dice.below(2) ? { zone: 'z' } : {}),
    () => network(cidr),
    () => (cidr.includes(':') ? network(cidr, 'fd00:1::/32') : network(cidr, '10.0.1.4/30')),
    () => unknown,
  ])();
}

function anyRule(dice: Dice): Policy['egress'][number] {
  const peers = dice.below(5) === 0 ? 'all' : [anyPeer(dice), anyPeer(dice)];
  const port = dice.one([
    ports('TCP', 80),
    ports('UDP', 50, 90),
    named('http'),
    named('http', 'TCP'),
    unknown,
  ]);
  return rule(dice.one(['Accept', 'Deny', 'Pass']), peers, dice.below(2) ? 'all' : [port]);
}

function anyPolicy(dice: Dice): Policy {
  const name = dice.one(['p', 'q', 'r']);
  const chosen = dice.below(2) ? every : labelled({ app: dice.one(['a', 'b']) });
  const rules = () => Array.from({ length: dice.below(3) }, () => anyRule(dice));
  if (dice.below(2) === 0) {
    const tier = dice.one<Policy['tier']>(['Admin', 'Baseline']);
    const namespaces = dice.below(2) ? every : labelled({ team: 's' });
    const cluster = { tier, priority: dice.below(3), subject: { namespaces, pods: chosen } };
    return clusterPolicy(name, { ...cluster, egress: rules(), ingress: rules() });
  }
  const accepts = () => rules().map(each => ({ ...each, action: 'Accept' as const }));
  const egress = dice.below(2) ? { egress: accepts() } : {};
  return networkPolicy(name, {
    subject: { namespaces: { name: 'x' }, pods: chosen },
    ingress: accepts(),
    ...egress,
  });
}

function anyPod(dice: Dice): PodObject {
  const i = dice.below(12);
  return pod(`p${i}`, `10.0.1.${dice.below(9) === 0 ? 1 : i} fd00:${dice.below(3)}::${i}`, {
    namespace: dice.one(['x', 'y']),
    labels: { app: dice.one(['a', 'b', 'c']) },
    nodeName: dice.one(['there', OWN]),
    hostNetwork: dice.below(8) === 0,
    phase: dice.one(['Running', 'Running', 'Pending', 'Succeeded']),
    ports: dice.below(2) ? [{ name: 'http', number: 8000 + dice.below(2), protocol: 'TCP' }] : [],
  });
}

/** A copy of `map`; the key has `value`, or is not there. */
function changed<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

function edited(input: PolicyInput, dice: Dice): PolicyInput {
  const remove = dice.below(4) === 0;
  const kept = <T>(value: T): T | undefined => (remove ? undefined : value);
  const policy = anyPolicy(dice);
  const somebody = anyPod(dice);
  const name = dice.one(['there', OWN]);
  const addr = dice.one(['192.0.2.1', '192.0.2.2', '10.0.1.3', '2001:db8::1']);
  const at = node(name, addr, { zone: dice.one(['z', 'w']) });
  return dice.one<() => PolicyInput>([
    () => ({ ...input, policies: changed(input.policies, policyKey(policy), kept(policy)) }),
    () => ({ ...input, pods: changed(input.pods, podKey(somebody), kept(somebody)) }),
    () => ({ ...input, pods: changed(input.pods, podKey(somebody), kept(somebody)) }),
    () => ({ ...input, nodes: changed(input.nodes, name, kept(at)) }),
    () => ({
      ...input,
      nodeAddresses: changed(input.nodeAddresses, at.internalAddresses[0] ?? ('' as never), kept(name)),
    }),
    () => {
      const namespace = dice.one(['x', 'y']);
      const object = { name: namespace, labels: { team: dice.one(['s', 't']) } };
      return { ...input, namespaces: changed(input.namespaces, namespace, kept(object)) };
    },
    () => {
      const { addresses } = anyPod(dice);
      const like = { ...subject({ app: dice.one(['a', 'b']) }, somebody.ports), addresses };
      return { ...input, subjects: changed(input.subjects, dice.below(3), kept(like)) };
    },
  ])();
}

/** The tables as they were: the compiler changes its own in place. */
function copyOf(compiled: CompiledPolicy): CompiledPolicy {
  return structuredClone(compiled);
}

/** What a change has to name, no more and no less. */
function differences(before: CompiledPolicy, now: CompiledPolicy): PolicyChange {
  const keys = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): ReadonlySet<K> =>
    new Set([...a.keys(), ...b.keys()].filter(key => !isDeepStrictEqual(a.get(key), b.get(key))));
  const none = new Map<number, never>();
  const peers = [...new Set([...before.peers.keys(), ...now.peers.keys()])].flatMap(
    (policy): [number, ReadonlySet<number>][] => {
      const changes = keys(before.peers.get(policy) ?? none, now.peers.get(policy) ?? none);
      return changes.size === 0 ? [] : [[policy, changes]];
    },
  );
  return {
    identities: keys(before.identities, now.identities),
    cidrs: keys(before.cidrs, now.cidrs),
    pods: keys(before.pods, now.pods),
    peers: new Map(peers),
    ruleSets: keys(before.ruleSets, now.ruleSets),
    rules: keys(before.rules, now.rules),
  };
}

function fresh(input: PolicyInput): CompiledPolicy {
  const compiler = new PolicyCompiler();
  compiler.update(input);
  return compiler.compiled;
}

for (let seed = 1; seed <= 12; seed++)
  t.test(
    `after each of many edits the tables are those of a fresh compiler, and the change says it all: ${seed}`,
    t => {
      const dice = new Dice(seed);
      const compiler = new PolicyCompiler();
      let input = inputOf({});
      compiler.update(input);
      for (let step = 0; step < 80; step++) {
        const before = copyOf(compiler.compiled);
        for (let edits = 1 + dice.below(3); edits > 0; edits--) input = edited(input, dice);
        const change = compiler.update(input);
        const wanted = fresh(input);
        if (!isDeepStrictEqual(compiler.compiled, wanted)) {
          t.strictSame(compiler.compiled, wanted, `step ${step}`);
          break;
        }
        if (!isDeepStrictEqual(change, differences(before, compiler.compiled))) {
          t.strictSame(change, differences(before, compiler.compiled), `change of step ${step}`);
          break;
        }
      }
      t.end();
    },
  );

t.test('the order in which a world is given makes no difference', t => {
  const dice = new Dice(99);
  let input = inputOf({});
  for (let step = 0; step < 120; step++) input = edited(input, dice);
  const backwards = <K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> => new Map([...map].reverse());
  const reversed = { ...input, pods: backwards(input.pods), policies: backwards(input.policies) };
  t.ok(isDeepStrictEqual(fresh({ ...reversed, nodes: backwards(input.nodes) }), fresh(input)));
  t.end();
});

t.test('what everything is taken from is empty again', t => {
  const dice = new Dice(5);
  const compiler = new PolicyCompiler();
  let input = inputOf({});
  for (let step = 0; step < 60; step++) compiler.update((input = edited(input, dice)));
  compiler.update({ ...inputOf({ subjects: [] }), namespaces: new Map() });
  const { identities, ...tables } = compiler.compiled;
  t.strictSame([identities.size, ...Object.values(tables).map(table => table.size)], [0, 0, 0, 0, 0, 0]);
  t.end();
});

t.test('rows in force stay as they are while identities come and go', t => {
  const policies = [networkPolicy('p', { egress: [rule('Accept', [pods({ app: 'a' })])] })];
  const compiler = new PolicyCompiler();
  compiler.update(inputOf({ policies }));
  const { egress = 0 } = compiler.compiled.pods.get(1) ?? {};
  const before = new Map(compiler.compiled.peers.get(egress));
  const change = compiler.update(
    inputOf({ policies, pods: [pod('a', '10.0.1.1', { labels: { app: 'a' } })] }),
  );
  const now = compiler.compiled.peers.get(egress);
  for (const [identity, row] of before) t.strictSame(now?.get(identity), row);
  t.equal(now?.size, before.size + 1);
  t.equal(change.pods.size, 0);
  t.strictSame(change.peers.get(egress)?.size, 1);
  t.end();
});

t.test('a compiler is of one node', t => {
  const compiler = new PolicyCompiler();
  compiler.update(inputOf({}));
  t.throws(
    () => compiler.update({ ...inputOf({}), nodeName: 'there' }),
    /this compiler is of node here, not there/,
  );
  t.end();
});

t.test('differences of maps are found in whatever order they come', t => {
  const maps = [[], ['a1'], ['a1', 'b1'], ['b1', 'a1'], ['a2', 'b1'], ['b1', 'c1', 'a1'], ['c1']].map(
    entries => new Map(entries.map(each => [each[0], each[1]])),
  );
  for (const before of maps)
    for (const now of maps) {
      const wanted = ['a', 'b', 'c'].filter(key => before.get(key) !== now.get(key));
      t.strictSame([...changedKeys(before, now)].sort(), wanted);
    }
  t.end();
});
