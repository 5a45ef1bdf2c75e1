// More flows than conntrack has room for, and long ones that are opened meanwhile: those must outlive the next flood.
import { daemonOf, waitForDaemon } from '../../../lab/daemon.ts';
import { signal } from '../../../lab/process.ts';
import { addressOf } from '../../support/lab.ts';
import { Probe, type FloodKind } from '../../support/probe/probe.ts';
import type { Fault, Target } from '../fault.ts';
import { CONNTRACK_ENTRIES } from '../lab.ts';
import { flooderOf, idlePodOf } from '../talk.ts';
import {
  answerDatagrams,
  answerSyns,
  dropSyns,
  finishHandshakes,
  neverClose,
  type FloodedEnd,
} from './flooded-end.ts';
import { askLongFlows, openLongFlows, serveLongFlows, unanswered } from './long-flows.ts';

/** A table is full after the first; long flows are opened during the second, and are silent during the third. */
const WAVES = [1.5 * CONNTRACK_ENTRIES, 0.5 * CONNTRACK_ENTRIES, 3 * CONNTRACK_ENTRIES] as const;
const PORTS = [7_400, 7_401, 7_402] as const;

/** From one node to the other; `end` says what the receiver does. */
async function flood({ lab, node, idlePod, lose }: Target, kind: FloodKind, end: FloodedEnd): Promise<void> {
  const from = flooderOf(lab, node.name);
  const other = lab.nodes.find(({ name }) => name !== node.name);
  const to = idlePodOf(lab, other?.name ?? '');
  const servers = [to, idlePod];
  const probe = new Probe();
  const undo = await end({ probe, from, to, ports: PORTS });
  const wave = (number: 0 | 1 | 2): Promise<void> => {
    const ends = { netns: from.netns, from: addressOf(from, 'ipv4'), to: addressOf(to, 'ipv4') };
    return probe.flood({ ...ends, kind, port: PORTS[number], flows: WAVES[number] });
  };
  try {
    await serveLongFlows(probe, servers);
    await wave(0);
    const [long] = await Promise.all([openLongFlows(probe, lab, servers), wave(1)]);
    lose(unanswered('opened during the flood', long));
    await wave(2);
    const opened = long.filter(({ answered }) => answered);
    lose(unanswered('asked again', await askLongFlows(probe, opened)));
  } finally {
    await undo();
    await probe.close();
  }
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
