// Objects that can be read in part, and stale ones, before real daemons: what is meant is cut, what lives is reached.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { POD_NAMESPACE } from '../../../lab/plan.ts';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writeObject, writePolicy } from '../../support/lab-policy.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const LIMIT_MS = 20_000;
const lab = await testLab(t);
const node = nodeNamed(lab, 'n2');
const [subject, friend, stranger] = [podNamed(lab, 'n2-p1'), podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const address = addressOf(subject, 'ipv4');

async function problems(): Promise<string> {
  const status = (await heddlectlJson('--lab', lab.options.name, '--node', node.name, 'status')) as {
    daemon: { problems: readonly string[] };
  };
  return status.daemon.problems.join('\n');
}

/** Who may reach the subject comes to be these. */
async function isReachedBy(...names: string[]): Promise<boolean> {
  const reached = async (): Promise<string> => {
    const parties = await Promise.all([friend, stranger].map(party => ping(party.netns, address, BRIEFLY)));
    return [friend, stranger].flatMap(({ name }, i) => (parties[i] === true ? [name] : [])).join();
  };
  return until(async () => (await reached()) === names.join(), LIMIT_MS);
}

t.test('a policy with a peer that cannot be read isolates, and the peer beside it is admitted', async t => {
  const odd = [
    {},
    { ipBlock: { cidr: '10.0.0.0' } },
    { podSelector: podsNamed(stranger.name), futureSelector: {} },
  ];
  writePolicy(lab, 'odd', {
    podSelector: podsNamed(subject.name),
    policyTypes: ['Ingress'],
    ingress: [{ from: [...odd, { podSelector: podsNamed(friend.name) }] }],
  });
  t.ok(await isReachedBy(friend.name));
  t.match(await problems(), /futureSelector .* is a field that is not known .*admits no peer/);
});

t.test('prefixes are read as Kubernetes reads them', async t => {
  const cidr = `::ffff:${addressOf(stranger, 'ipv4')}/0128`;
  writePolicy(lab, 'odd', {
    podSelector: podsNamed(subject.name),
    ingress: [{ from: [{ ipBlock: { cidr } }] }],
  });
  t.ok(await isReachedBy(stranger.name));
});

t.test('a stale Pod lends its labels to nobody, whatever its name, and is told', async t => {
  writePolicy(lab, 'odd', {
    podSelector: podsNamed(subject.name),
    ingress: [{ from: [{ podSelector: { matchLabels: { role: 'trusted' } } }] }],
  });
  t.ok(await isReachedBy());
  const ghost = {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: 'aaa-ghost', namespace: POD_NAMESPACE, labels: { role: 'trusted' } },
    spec: { nodeName: 'n3' },
    status: { phase: 'Running', podIPs: [{ ip: addressOf(friend, 'ipv4') }] },
  };
  writeObject(lab, 'ghost', ghost);
  writeObject(lab, 'n3', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n3' } });
  t.ok(await until(async () => (await problems()).includes('aaa-ghost is ignored'), LIMIT_MS), 'it is told');
  t.ok(await isReachedBy());
  for (const name of ['ghost', 'n3', 'odd']) removeObject(lab, name);
  t.ok(await isReachedBy(friend.name, stranger.name));
});

t.test('a Node object that comes later takes no pod CIDR away, nor the masquerade, and is told', async t => {
  const claims = ['10.244.0.0/16', '10.244.2.0/25', '10.244.2.0/24', 'fd00:244::/32', '0.0.0.0/0'];
  const later = {
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: { name: 'a-later', creationTimestamp: '2099-01-01T00:00:00Z' },
    status: {
      addresses: [{ type: 'InternalIP', address: '192.168.1.99' }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
  const outside = addressOf({ name: 'outside', ...lab.outside }, 'ipv4');
  for (const podCIDR of claims) {
    writeObject(lab, 'a-later', { ...later, spec: { podCIDR, podCIDRs: [podCIDR] } });
    const isTold = async () => (await problems()).includes(`pod CIDR ${podCIDR} of node a-later is ignored`);
    t.ok(await until(isTold, LIMIT_MS), `${podCIDR} is told`);
    for (const to of [...subject.addresses, outside])
      t.ok(await ping(friend.netns, to, BRIEFLY), `${podCIDR}: ${to}`);
  }
  removeObject(lab, 'a-later');
});

t.test(
  'a Node object with the address of a pod takes neither its packets nor its identity, and is told',
  async t => {
    writePolicy(lab, 'odd', {
      podSelector: podsNamed(subject.name),
      ingress: [{ from: [{ podSelector: podsNamed(friend.name) }] }],
    });
    t.ok(await isReachedBy(friend.name));
    for (const victim of [subject, friend, stranger]) {
      const stolen = addressOf(victim, 'ipv4');
      writeObject(lab, 'a-thief', {
        ...{ apiVersion: 'v1', kind: 'Node' },
        metadata: { name: 'a-thief', creationTimestamp: '2099-01-01T00:00:00Z' },
        spec: { podCIDR: '10.244.9.0/24' },
        status: { addresses: ['192.168.1.99', stolen].map(address => ({ type: 'InternalIP', address })) },
      });
      const isTold = async () => (await problems()).includes(`address ${stolen} of node a-thief is ignored`);
      t.ok(await until(isTold, LIMIT_MS), `${stolen} is told`);
      t.ok(await ping(friend.netns, address, BRIEFLY), `with ${stolen} the friend still reaches the subject`);
      t.notOk(await ping(stranger.netns, address, BRIEFLY), `with ${stolen} the stranger does not`);
    }
    for (const name of ['a-thief', 'odd']) removeObject(lab, name);
    t.ok(await isReachedBy(friend.name, stranger.name));
  },
);
