// Policies come and go under flows that are open: who is cut is cut both ways within a second, who is not never notices.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { liveFlow, type LiveFlow } from '../../support/live-flow.ts';

t.setTimeout(120_000);

/** What is promised to whoever changes a policy. */
const SOON_MS = 1_000;
/** A UDP packet that was sent before, a segment that comes once more. */
const QUIET_MS = 1_000;
/** TCP asks again after silence; it has doubled its patience a few times by then. */
const AGAIN_MS = 6_000;

const lab = await testLab(t);
const [subject, neighbour] = [podNamed(lab, 'n2-p1'), podNamed(lab, 'n2-p2')];
const [stranger, friend] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];

const PROTOCOLS = ['tcp', 'udp'] as const;
let nextPort = 7100;

interface Party {
  readonly netns: string;
  readonly addresses: readonly string[];
  readonly name: string;
}

/** TCP and UDP over one family. */
function flows(from: Party, to: Party, family: 'ipv4' | 'ipv6'): Promise<LiveFlow[]> {
  const end = { netns: to.netns, address: addressOf(to, family) };
  return Promise.all(
    PROTOCOLS.map(protocol => liveFlow(t, { protocol, from: from.netns, to: end, port: nextPort++ })),
  );
}

const admitted = [...(await flows(friend, subject, 'ipv4')), ...(await flows(friend, subject, 'ipv6'))];
const refused = [...(await flows(stranger, subject, 'ipv4')), ...(await flows(neighbour, subject, 'ipv6'))];
const outgoing = [...(await flows(subject, stranger, 'ipv4')), ...(await flows(subject, neighbour, 'ipv6'))];

/** Both ends of each that hear nothing for a while. */
async function areSilent(all: readonly LiveFlow[]): Promise<boolean[]> {
  const before = all.map(flow => flow.heard());
  await sleep(QUIET_MS);
  return all.map((flow, i) => {
    const { byClient, byServer } = flow.heard();
    return byClient === before[i]?.byClient && byServer === before[i].byServer;
  });
}

function silences(all: readonly LiveFlow[]): number[] {
  return all.map(flow => flow.longestSilenceMs());
}

const NOTICED_MS = 250;

t.test(
  'a pod is isolated: flows that nothing admits are cut both ways, others go on, and so do its own',
  async t => {
    silences([...admitted, ...outgoing]);
    writePolicy(lab, 'isolated', {
      podSelector: podsNamed(subject.name),
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: podsNamed(friend.name) }] }],
    });
    await sleep(SOON_MS);
    t.strictSame(
      await areSilent(refused),
      refused.map(() => true),
      'cut, both ways',
    );
    t.strictSame(
      await areSilent([...admitted, ...outgoing]),
      [...admitted, ...outgoing].map(() => false),
    );
    t.strictSame(
      [...admitted, ...outgoing].flatMap(flow => flow.missing()),
      [],
      'not one word is missing',
    );
    t.ok(Math.max(...silences([...admitted, ...outgoing])) < NOTICED_MS, 'nor late');
  },
);

t.test('the policy goes: the same flows go on where they stood', async t => {
  removeObject(lab, 'isolated');
  await sleep(AGAIN_MS);
  t.strictSame(
    await areSilent(refused),
    refused.map(() => false),
  );
});

t.test('a first default-deny for both directions cuts all but what it admits', async t => {
  writePolicy(lab, 'isolated', {
    podSelector: podsNamed(subject.name),
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: podsNamed(friend.name) }] }],
  });
  await sleep(SOON_MS);
  t.strictSame(
    await areSilent([...refused, ...outgoing]),
    [...refused, ...outgoing].map(() => true),
  );
  t.strictSame(
    await areSilent(admitted),
    admitted.map(() => false),
  );
  t.strictSame(
    admitted.flatMap(flow => flow.missing()),
    [],
  );
});

t.test('afterwards all is as before', async t => {
  removeObject(lab, 'isolated');
  await sleep(AGAIN_MS);
  const all = [...refused, ...outgoing, ...admitted];
  t.strictSame(
    await areSilent(all),
    all.map(() => false),
  );
});
