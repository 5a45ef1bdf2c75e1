// More flows than conntrack has room for, also while nobody sweeps.
import { setTimeout as sleep } from 'node:timers/promises';
import { daemonOf, waitForDaemon } from '../../../lab/daemon.ts';
import { signal } from '../../../lab/process.ts';
import { addressOf } from '../../support/lab.ts';
import { Probe } from '../../support/probe/probe.ts';
import type { Fault, Victim } from '../fault.ts';
import { idlePodOf } from '../talk.ts';

/** Ten times what the lab's hd_ct_unassured holds. */
const FLOWS = 160_000;
const PORT = 7_400;
/** Each takes 60,000 flows. */
const PORTS = 3;

/** Each flow is answered, which assures none of them. */
async function flood({ lab, idlePod }: Victim): Promise<void> {
  const node = lab.nodes.find(({ name }) => name !== idlePod.node);
  const other = idlePodOf(lab, node?.name ?? '');
  const [from, to] = [addressOf(idlePod, 'ipv4'), addressOf(other, 'ipv4')];
  const probe = new Probe();
  try {
    const ports = Array.from({ length: PORTS }, (_, i) => PORT + i);
    await probe.serve(ports.map(port => ({ netns: other.netns, protocol: 'UDP', address: to, port })));
    await probe.flood({ netns: idlePod.netns, from, to, port: PORT, flows: FLOWS });
  } finally {
    await probe.close();
  }
}

const flooded: Fault = {
  name: `${FLOWS.toLocaleString('en')} short flows`,
  times: 3,
  strike: flood,
};

const floodedWhileHung: Fault = {
  name: 'the same, with the daemon in SIGSTOP',
  times: 3,
  async strike(victim) {
    const daemon = daemonOf(victim.node);
    if (daemon === undefined) throw new Error(`the daemon of ${victim.node.name} is not running`);
    signal(daemon, 'SIGSTOP');
    try {
      await flood(victim);
    } finally {
      signal(daemon, 'SIGCONT');
    }
    await waitForDaemon(victim.node);
    await sleep(500);
  },
};

export const FLOOD_FAULTS: readonly Fault[] = [flooded, floodedWhileHung];
