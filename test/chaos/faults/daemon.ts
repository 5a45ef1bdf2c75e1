// The daemon goes away, in every way a process can.
import { setTimeout as sleep } from 'node:timers/promises';
import { daemonOf, killDaemon, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { signal } from '../../../lab/process.ts';
import type { Fault } from '../fault.ts';

/** About as long as a start takes: a kill meets every part of it. */
const START_MS = 900;
const AWAY_MS = 400;
const HANG_MS = 2_500;

const stopped: Fault = {
  name: 'daemon stopped and started',
  times: 50,
  async inject({ node, random }) {
    await stopDaemon(node);
    await sleep(random.int(AWAY_MS));
    startDaemon(node);
    await waitForDaemon(node);
  },
};

const killed: Fault = {
  name: 'daemon killed -9',
  times: 50,
  async inject({ node, random }) {
    await killDaemon(node);
    await sleep(random.int(AWAY_MS));
    startDaemon(node);
    await waitForDaemon(node);
  },
};

const killedStarting: Fault = {
  name: 'daemon killed -9 while it starts',
  times: 30,
  async inject({ node, random }) {
    await killDaemon(node);
    startDaemon(node);
    await sleep(random.int(START_MS));
    await killDaemon(node);
    startDaemon(node);
    await waitForDaemon(node);
  },
};

const hung: Fault = {
  name: 'daemon hangs (SIGSTOP)',
  times: 5,
  async inject({ node, random }) {
    const daemon = daemonOf(node);
    if (daemon === undefined) throw new Error(`the daemon of ${node.name} is not running`);
    signal(daemon, 'SIGSTOP');
    await sleep(HANG_MS + random.int(HANG_MS));
    signal(daemon, 'SIGCONT');
    await waitForDaemon(node);
  },
};

export const DAEMON_FAULTS: readonly Fault[] = [stopped, killed, killedStarting, hung];
