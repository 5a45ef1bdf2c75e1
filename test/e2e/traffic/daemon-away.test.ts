// The daemon stops, crashes, hangs and comes back: not one packet notices, and nothing that is right is changed.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { daemonOf, killDaemon, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { signal } from '../../../lab/process.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { nodeState } from '../../support/node-state.ts';
import { steadyConnection, steadyPing } from '../../support/steady-traffic.ts';
import { streamArrives } from '../../support/stream.ts';

const AWAY_MS = 1_500;
const STREAM_MEBIBYTES = 8;

const lab = await testLab(t);
const [from, near, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];

async function restart(node: NodePlan): Promise<void> {
  await stopDaemon(node);
  await comeBack(node);
}

async function crash(node: NodePlan): Promise<void> {
  await killDaemon(node);
  await comeBack(node);
}

async function hang(node: NodePlan): Promise<void> {
  const daemon = daemonOf(node);
  if (daemon === undefined) throw new Error(`the daemon of ${node.name} is not running`);
  signal(daemon, 'SIGSTOP');
  await sleep(AWAY_MS);
  signal(daemon, 'SIGCONT');
  await waitForDaemon(node);
}

async function comeBack(node: NodePlan): Promise<void> {
  await sleep(AWAY_MS);
  startDaemon(node);
  await waitForDaemon(node);
}

for (const [title, absence] of [
  ['is stopped and started', restart],
  ['is killed and started', crash],
  ['hangs for a while', hang],
] as const) {
  t.test(`every node's daemon ${title}`, async t => {
    const before = await Promise.all(lab.nodes.map(nodeState));
    const traffic = {
      'ping to another node': await steadyPing(t, from.netns, addressOf(far, 'ipv4')),
      'ping to another node, IPv6': await steadyPing(t, from.netns, addressOf(far, 'ipv6')),
      'ping on the same node': await steadyPing(t, from.netns, addressOf(near, 'ipv4')),
      'ping outside': await steadyPing(t, from.netns, lab.outside.addresses[0] ?? ''),
      'one connection': await steadyConnection(t, from.netns, {
        ...{ netns: far.netns, address: addressOf(far, 'ipv6') },
      }),
    };
    const streams = streamsDuring(Promise.all(lab.nodes.map(absence)));

    t.ok(await streams, 'large TCP streams that begin meanwhile arrive whole');
    for (const [what, pings] of Object.entries(traffic))
      t.strictSame(await pings.stop(), [], `${what}: none went unanswered`);
    const after = await Promise.all(lab.nodes.map(nodeState));
    t.strictSame(after, before, 'maps, links, programs, devices, routes and rules are the same ones');
  });
}

/** One stream after the other until it is over; true when all arrived. */
async function streamsDuring(happening: Promise<unknown>): Promise<boolean> {
  const state = { isOver: false, areWhole: true };
  const ended = happening.finally(() => (state.isOver = true));
  do {
    const arrived = await streamArrives(far.netns, from.netns, addressOf(from, 'ipv4'), STREAM_MEBIBYTES);
    state.areWhole &&= arrived;
  } while (!state.isOver);
  await ended;
  return state.areWhole;
}
