// Policies come and go under flows that are open: who is cut is cut both ways, who is not never notices.
import t from 'tap';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { liveFlow, type ReceivedNumbers, type LiveFlow } from '../../support/live-flow.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

/** Every end says fifty words a second: whoever hears none while others hear so many is cut. */
const MANY = 40;

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
const isConnection = (_: LiveFlow, i: number): boolean => PROTOCOLS[i % PROTOCOLS.length] === 'tcp';
const connections = refused.filter(isConnection);
/** The subject may send what it likes, also to the ports that it was asked from; it hears nothing. */
const datagrams = refused.filter((flow, i) => !isConnection(flow, i));

/** Whether every end hears more; TCP asks again after a silence that has doubled a few times. */
function goOn(flows: readonly LiveFlow[]): Promise<boolean> {
  const before = flows.map(flow => flow.heard());
  return until(() => flows.every((flow, i) => least(wordsSince(flow, before[i])) >= MANY));
}

/** Whether at last no end hears a word while all ends of others hear many. */
function fallSilent(
  flows: readonly LiveFlow[],
  others: readonly LiveFlow[],
  heard: (words: ReceivedNumbers) => number = most,
): Promise<boolean> {
  return until(async () => {
    const before = flows.map(flow => flow.heard());
    return (await goOn(others)) && flows.every((flow, i) => heard(wordsSince(flow, before[i])) === 0);
  });
}

function wordsSince(flow: LiveFlow, before: ReceivedNumbers = { byClient: 0, byServer: 0 }): ReceivedNumbers {
  const { byClient, byServer } = flow.heard();
  return { byClient: byClient - before.byClient, byServer: byServer - before.byServer };
}

function least({ byClient, byServer }: ReceivedNumbers): number {
  return Math.min(byClient, byServer);
}

function most({ byClient, byServer }: ReceivedNumbers): number {
  return Math.max(byClient, byServer);
}

/** By the pod that only admitted flows leave from: a lost segment is sent again, and no word is missing then. */
async function segmentsSentAgain(): Promise<string | undefined> {
  const [names = '', values = ''] = (await mustExec(friend, 'cat', '/proc/net/snmp'))
    .split('\n')
    .filter(line => line.startsWith('Tcp:'));
  return values.split(' ')[names.split(' ').indexOf('RetransSegs')];
}

t.test(
  'a pod is isolated: connections that nothing admits are cut both ways, others go on, and so do its own',
  async t => {
    const sentAgain = await segmentsSentAgain();
    writePolicy(lab, 'isolated', {
      podSelector: podsNamed(subject.name),
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: podsNamed(friend.name) }] }],
    });
    t.ok(await fallSilent(connections, [...admitted, ...outgoing]), 'cut, both ways');
    t.ok(await fallSilent(datagrams, admitted, ({ byServer }) => byServer), 'no datagram gets in any more');
    t.strictSame(
      [...admitted, ...outgoing].flatMap(flow => flow.missing()),
      [],
      'not one word is missing',
    );
    t.equal(await segmentsSentAgain(), sentAgain, 'nor a segment sent again');
  },
);

t.test('the policy goes: the same flows go on where they stood', async t => {
  removeObject(lab, 'isolated');
  t.ok(await goOn(refused));
});

t.test('a first default-deny for both directions cuts all but what it admits', async t => {
  writePolicy(lab, 'isolated', {
    podSelector: podsNamed(subject.name),
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: podsNamed(friend.name) }] }],
  });
  t.ok(await fallSilent([...refused, ...outgoing], admitted));
  t.strictSame(
    admitted.flatMap(flow => flow.missing()),
    [],
  );
});

t.test('afterwards all is as before', async t => {
  removeObject(lab, 'isolated');
  t.ok(await goOn([...refused, ...outgoing, ...admitted]));
});
