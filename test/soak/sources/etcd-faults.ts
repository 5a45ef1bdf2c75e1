// What can happen to an etcd: members and quorum that go, hang or are cut off, history and space that run out, data that is lost.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compactNow, askGateway } from '../../support/etcd-gateway.ts';
import type { EtcdMember } from '../../support/etcd.ts';
import { namespaceKey, namespaceText } from '../../support/etcd-objects.ts';
import { until } from '../../support/until.ts';
import { COSTS_NOTHING } from '../cost.ts';
import type { End, SoakFault } from '../fault.ts';
import type { EtcdCluster } from './etcd-source.ts';
import { dropTraffic, passTraffic } from './half-open.ts';

const SHORT_MS = 4_000;
/** A watch of a silent member ends by then. */
const LONG_MS = 15_000;
const SERVES_MS = 60_000;
const CHANGES = 30;

export function etcdFaults(cluster: EtcdCluster): readonly SoakFault[] {
  return [...memberFaults(cluster), ...storeFaults(cluster)];
}

function memberFaults({ members }: EtcdCluster): readonly SoakFault[] {
  const of = (name: string, some: 'one' | 'all', does: Doing, lastsMs: number): SoakFault => ({
    ...{ name, holds: ['source'], cost: COSTS_NOTHING, lastsMs },
    begin: async ({ random }) => {
      const hit = some === 'all' ? members : [random.pick(members)];
      await Promise.all(hit.map(does.begin));
      return () => Promise.all(hit.map(does.end));
    },
  });
  return [
    of('an etcd member killed', 'one', KILL, SHORT_MS),
    of('all of etcd killed', 'all', KILL, SHORT_MS),
    of('an etcd member hangs', 'one', PAUSE, LONG_MS),
    of('all of etcd hangs', 'all', PAUSE, LONG_MS),
    of('an etcd member is cut off from the others', 'one', CUT_OFF, LONG_MS),
  ];
}

interface Doing {
  readonly begin: (member: EtcdMember) => unknown;
  readonly end: (member: EtcdMember) => unknown;
}

const KILL: Doing = { begin: member => member.kill(), end: member => member.restart() };
const PAUSE: Doing = { begin: member => member.pause(), end: member => member.resume() };
const CUT_OFF: Doing = { begin: member => member.cutOff(), end: member => member.rejoin() };

function storeFaults(cluster: EtcdCluster): readonly SoakFault[] {
  const common = { holds: ['source'], cost: COSTS_NOTHING, lastsMs: SHORT_MS } as const;
  return [
    { ...common, name: 'etcd compacted while the nodes are cut off', begin: () => compactUnseen(cluster) },
    { ...common, name: 'etcd out of space', begin: () => runOutOfSpace(cluster) },
    { ...common, name: 'etcd restored from a backup', begin: () => restoreBackup(cluster) },
    { ...common, name: 'etcd restarted with its data lost', begin: () => loseData(cluster) },
  ];
}

/** Where the nodes want to go on, there is no history any more. */
async function compactUnseen(cluster: EtcdCluster): Promise<End> {
  const { lab, members } = cluster;
  dropTraffic(lab);
  await restarted(members, () => undefined);
  for (let i = 0; i < CHANGES; i++)
    await cluster.put(namespaceKey(`unseen-${i % 3}`), namespaceText(`unseen-${i % 3}`));
  await serving(members, one => compactNow(one.endpoint));
  return () => passTraffic(lab);
}

/** The alarm that a full member raises: nothing is written until an operator takes it back. */
async function runOutOfSpace({ members }: EtcdCluster): Promise<End> {
  const ask = (action: string, memberID: string) => (one: EtcdMember) =>
    askGateway(one.endpoint, 'maintenance/alarm', { action, alarm: 'NOSPACE', memberID });
  const { header } = await serving(members, one => askGateway(one.endpoint, 'maintenance/status'));
  const { member_id: id } = header as { readonly member_id: string };
  await serving(members, ask('ACTIVATE', id));
  return () => serving(members, ask('DEACTIVATE', id));
}

/** What is written after the backup is gone with the restore, and the revision goes back; an operator writes it again. */
async function restoreBackup(cluster: EtcdCluster): Promise<End> {
  const { members } = cluster;
  await restarted(members, ({ data }) => copy(data, backupOf(data)));
  for (let i = 0; i < CHANGES; i++) await cluster.put(namespaceKey('since'), namespaceText('since'));
  return async () => {
    await restarted(members, ({ data }) => {
      rmSync(data, { recursive: true });
      copy(backupOf(data), data);
      rmSync(backupOf(data), { recursive: true });
    });
    await cluster.putAllAgain();
  };
}

/** Somebody has to begin anew: until then the nodes go on with what they knew. */
async function loseData(cluster: EtcdCluster): Promise<End> {
  await restarted(cluster.members, ({ data }) => rmSync(data, { recursive: true }));
  return () => cluster.putAllAgain();
}

async function restarted(
  members: readonly EtcdMember[],
  meanwhile: (member: EtcdMember) => void,
): Promise<void> {
  await Promise.all(members.map(member => member.kill()));
  for (const member of members) meanwhile(member);
  await Promise.all(members.map(member => member.restart()));
}

/** With its owner: each member has a user of its own. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

function backupOf(data: string): string {
  return join(data, '..', 'backup');
}

/** Of the first member that does it: after a restart a cluster elects its leader first. */
async function serving<T>(
  members: readonly EtcdMember[],
  ask: (member: EtcdMember) => Promise<T>,
): Promise<T> {
  let answer: { readonly is: T } | undefined;
  const isServed = await until(async () => {
    for (const member of members) {
      answer = await ask(member).then(
        is => ({ is }),
        () => undefined,
      );
      if (answer !== undefined) return true;
    }
    return false;
  }, SERVES_MS);
  if (!isServed || answer === undefined) throw new Error('no member of etcd does what it is asked');
  return answer.is;
}
