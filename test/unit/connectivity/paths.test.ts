// Which attempts make up each path, and what each policy is to do to them.
import t from 'tap';
import { describeAttempt } from '../../../loader/connectivity/attempts.ts';
import { testConnectivity } from '../../../loader/connectivity/connectivity-test.ts';
import { pathsOf, type Reachable, type ReachableHost } from '../../../loader/connectivity/paths.ts';
import { policySteps, rolesOf } from '../../../loader/connectivity/policy-steps.ts';

const pod = (name: string, node: string, ...addresses: string[]): ReachableHost => ({
  ...{ kind: 'pod', name, node, addresses },
});
const [a, b, c] = [
  pod('a', 'n1', '10.1.0.1', 'fd01::1'),
  pod('b', 'n1', '10.1.0.2', 'fd01::2'),
  pod('c', 'n2', '10.2.0.1'),
];
const nodes: ReachableHost[] = [{ kind: 'node', name: 'n1', node: 'n1', addresses: ['192.0.2.1'] }];
const cluster: Reachable<ReachableHost> = {
  ...{ pods: [a, b, c], nodes },
  services: [{ name: 's', addresses: ['10.96.0.1', 'fd96::1'], port: 80 }],
  nodePorts: [{ name: 'p', addresses: ['192.0.2.1'], port: 30_000, protocols: ['udp'] }],
  outside: { name: 'outside', addresses: ['198.51.100.1'], port: 443, echo: false },
  name: { text: 'kubernetes.default.svc' },
};

t.test('each path has its attempts, of the families that both ends have', t => {
  const paths = new Map(pathsOf(cluster).map(({ name, attempts }) => [name, attempts.map(describeAttempt)]));
  const counts = [...paths].map(([name, attempts]) => `${name}: ${attempts.length}`);
  t.strictSame(counts, [
    'pod to pod, same node: 12',
    'pod to pod, other node: 12',
    'pod to its node: 6',
    'pod to another node: 3',
    'node to its pod: 6',
    'node to a pod elsewhere: 3',
    'pod to Service: 10',
    'pod to NodePort: 3',
    'node to Service: 1',
    'pod to outside: 3',
    'name resolution: 3',
    'large datagrams: 4',
    'large streams: 4',
  ]);
  t.strictSame(paths.get('pod to NodePort'), ['a → 192.0.2.1 udp', 'b → 192.0.2.1 udp', 'c → 192.0.2.1 udp']);
  t.ok(paths.get('pod to pod, other node')?.includes('a → 10.2.0.1 icmp'));
  t.ok(paths.get('large datagrams')?.includes('c → 10.1.0.2 udp of 8000 bytes'));
  t.strictSame(paths.get('pod to outside')?.[0], 'a → 198.51.100.1 open');
  t.end();
});

t.test('a pod must be seen as itself by pods', t => {
  for (const { name, attempts } of pathsOf(cluster))
    for (const { seenAs, from } of attempts)
      if (/^pod to pod/.test(name)) t.ok(from.addresses.includes(seenAs ?? ''), name);
      else t.equal(seenAs, undefined, name);
  t.end();
});

t.test('what a cluster lacks is not asked', t => {
  const { services, nodePorts } = { services: [], nodePorts: [] };
  const bare = { pods: [a], nodes: [], services, nodePorts, outside: undefined, name: undefined };
  t.ok(pathsOf(bare).every(({ attempts }) => attempts.length === 0));
  t.end();
});

t.test('policies deny and allow, and the friend is on another node', t => {
  const selectorOf = ({ name }: ReachableHost) => ({ matchLabels: { app: name } });
  const roles = rolesOf([a, b, c], selectorOf);
  if (roles === undefined) throw new Error('there are three pods');
  t.match(roles, { subject: a, friend: c, stranger: b });
  t.equal(rolesOf([a, b], selectorOf), undefined);
  const steps = policySteps(roles).map(({ name, spec, attempts }) => {
    const denied = attempts.filter(({ mustFail }) => mustFail).map(({ from, to }) => `${from.name} → ${to}`);
    return [name, spec === undefined ? 'none' : 'a policy', [...new Set(denied)].join(', ')];
  });
  t.strictSame(steps, [
    ['policy: ingress isolated', 'a policy', 'c → 10.1.0.1, c → fd01::1, b → 10.1.0.1, b → fd01::1'],
    ['policy: ingress from one pod', 'a policy', 'b → 10.1.0.1, b → fd01::1'],
    ['policy: egress to one pod', 'a policy', 'a → 10.1.0.2, a → fd01::2'],
    ['policy: removed again', 'none', ''],
  ]);
  t.end();
});

/** A host that answers what `isAnswered` says. */
function accessOf(isAnswered: () => boolean) {
  return {
    node: 'node',
    run: (from: ReachableHost, argv: readonly string[]) => {
      const asked = JSON.parse(argv[3] ?? '[]') as unknown[];
      const [own = ''] = from.addresses;
      const stdout = JSON.stringify(asked.map(() => (isAnswered() ? own : null)));
      return Promise.resolve({ code: 0, stdout, stderr: '' });
    },
  };
}

t.test('the policy is removed, whatever fails, and a denial that does not come is told', async t => {
  const set: (object | undefined)[] = [];
  const seen: string[] = [];
  const v4 = [pod('a', 'n1', '10.1.0.1'), pod('b', 'n1', '10.1.0.2'), pod('c', 'n2', '10.2.0.1')];
  const results = await testConnectivity(
    {
      ...{ pods: v4, nodes: [], services: [], nodePorts: [], outside: undefined, name: undefined },
      access: accessOf(() => true),
      selectorOf: ({ name }) => ({ matchLabels: { app: name } }),
      setPolicy: spec => Promise.resolve(void set.push(spec)),
    },
    { onResult: ({ path }) => seen.push(path), limits: { answerMs: 10, silenceMs: 10, policyMs: 50 } },
  );
  t.strictSame(
    results.map(({ path }) => path),
    seen,
  );
  t.equal(results.length, 13 + 4);
  const failing = results.filter(({ failures }) => failures.length > 0).map(({ path }) => path);
  t.strictSame(failing, [
    'policy: ingress isolated',
    'policy: ingress from one pod',
    'policy: egress to one pod',
  ]);
  t.equal(set.length, 5);
  t.equal(set.at(-1), undefined);
});
