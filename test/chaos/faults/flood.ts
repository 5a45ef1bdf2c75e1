// More flows than conntrack has room for, and long ones that are opened meanwhile: those must outlive the next flood.
import { daemonOf, waitForDaemon } from '../../../lab/daemon.ts';
import type { Lab } from '../../../lab/lab.ts';
import { signal } from '../../../lab/process.ts';
import { addressOf } from '../../support/lab.ts';
import { Probe, type FloodKind, type ProbeAnswer, type ProbeQuestion } from '../../support/probe/probe.ts';
import type { Fault, Target } from '../fault.ts';
import { CONNTRACK_ENTRIES } from '../lab.ts';
import { callerOf, idlePodOf } from '../talk.ts';
import { answerDatagrams, answerSyns, dropSyns, finishHandshakes, neverClose } from './flooded-end.ts';
import type { FloodedEnd } from './flooded-end.ts';

/** A table is full after the first; long flows are opened during the second, and are silent during the third. */
const WAVES = [1.5 * CONNTRACK_ENTRIES, 0.5 * CONNTRACK_ENTRIES, 3 * CONNTRACK_ENTRIES] as const;
const PORT = { waves: [7_400, 7_401, 7_402], datagrams: 7_500, connections: 7_501 } as const;
const OF_EACH_KIND = 4;
/** TCP sends a lost segment again within that time, more than once. */
const PATIENCE_MS = 4_000;

/** From one node to the other; `end` says what the receiver does. */
async function flood({ lab, idlePod: from, lose }: Target, kind: FloodKind, end: FloodedEnd): Promise<void> {
  const other = lab.nodes.find(({ name }) => name !== from.node);
  const to = idlePodOf(lab, other?.name ?? '');
  const probe = new Probe();
  const undo = await end({ probe, from, to, ports: PORT.waves });
  const wave = (number: 0 | 1 | 2): Promise<void> => {
    const ends = { netns: from.netns, from: addressOf(from, 'ipv4'), to: addressOf(to, 'ipv4') };
    return probe.flood({ ...ends, kind, port: PORT.waves[number], flows: WAVES[number] });
  };
  try {
    await serveLongFlows(probe, lab);
    await wave(0);
    const [long] = await Promise.all([probe.hold(longFlows(lab), PATIENCE_MS), wave(1)]);
    lose({ connectionsBroken: unanswered(long) });
    await wave(2);
    const opened = long.filter(({ answered }) => answered);
    lose({ connectionsBroken: unanswered(await probe.again(opened, PATIENCE_MS)) });
  } finally {
    await undo();
    await probe.close();
  }
}

async function serveLongFlows(probe: Probe, lab: Lab): Promise<void> {
  for (const { netns, address } of listeners(lab)) {
    probe.echo({ netns, address, port: PORT.connections });
    await probe.serve([{ netns, address, protocol: 'UDP', port: PORT.datagrams }]);
  }
}

/** Each node's caller to the other node's idle pod, over both protocols and both families. */
function longFlows(lab: Lab): ProbeQuestion[] {
  const kinds = listeners(lab).flatMap(({ node, address, family }) =>
    lab.nodes
      .filter(({ name }) => name !== node)
      .map(({ name }) => callerOf(lab, name))
      .flatMap((caller): ProbeQuestion[] => {
        const ends = { netns: caller.netns, from: addressOf(caller, family), to: address };
        return [
          { ...ends, protocol: 'TCP', port: PORT.connections },
          { ...ends, protocol: 'UDP', port: PORT.datagrams },
        ];
      }),
  );
  return Array.from({ length: OF_EACH_KIND }, () => kinds).flat();
}

function listeners(lab: Lab) {
  return lab.nodes.flatMap(({ name: node }) => {
    const pod = idlePodOf(lab, node);
    return (['ipv4', 'ipv6'] as const).map(family => ({
      ...{ node, family, netns: pod.netns, address: addressOf(pod, family) },
    }));
  });
}

function unanswered(answers: readonly ProbeAnswer[]): number {
  return answers.filter(({ answered }) => !answered).length;
}

async function floodWhileHung(target: Target): Promise<void> {
  const daemon = daemonOf(target.node);
  if (daemon === undefined) throw new Error(`the daemon of ${target.node.name} is not running`);
  signal(daemon, 'SIGSTOP');
  try {
    await flood(target, 'datagrams', answerDatagrams);
  } finally {
    signal(daemon, 'SIGCONT');
  }
  await waitForDaemon(target.node);
}

const TIMES = 3;

function floodOf(name: string, kind: FloodKind, end: FloodedEnd): Fault {
  return { name: `flood of ${name}`, times: TIMES, inject: target => flood(target, kind, end) };
}

export const FLOOD_FAULTS: readonly Fault[] = [
  floodOf('datagrams, each an answered flow', 'datagrams', answerDatagrams),
  { name: 'flood of datagrams, with the daemon in SIGSTOP', times: TIMES, inject: floodWhileHung },
  floodOf('SYNs, not answered', 'syns', dropSyns),
  floodOf('SYNs, answered by SYN-ACK', 'syns', answerSyns),
  floodOf('connections that are left open', 'connections', finishHandshakes),
  floodOf('connections that one end closes', 'half-closed', neverClose),
];
