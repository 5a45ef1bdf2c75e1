// Policy changes under the flows that it admits and denies, also while the daemon is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import type { Fault, Victim } from '../fault.ts';
import { guard } from '../talk.ts';

const EDITS = 20;
const BETWEEN_MS = 60;
const SETTLE_MS = 400;
const KILL_WITHIN_MS = 120;

/** A rule for somebody who is not there: another generation, and nobody's verdict changes. */
function edit({ lab, random }: Victim): void {
  const cidr = `203.0.113.${random.int(256)}/32`;
  guard(lab, [{ from: [{ ipBlock: { cidr } }], ports: [{ port: 1 + random.int(60_000) }] }]);
}

async function settle({ lab }: Victim): Promise<void> {
  guard(lab);
  await sleep(SETTLE_MS);
}

const edited: Fault = {
  name: `policy edited ${EDITS} times`,
  times: 10,
  async strike(victim) {
    for (let i = 0; i < EDITS; i++) {
      edit(victim);
      await sleep(victim.random.int(BETWEEN_MS));
    }
    await settle(victim);
  },
};

const killedEditing: Fault = {
  name: 'daemon killed -9 while policy changes',
  times: 20,
  async strike(victim) {
    edit(victim);
    await sleep(victim.random.int(KILL_WITHIN_MS));
    await killDaemon(victim.node);
    edit(victim);
    startDaemon(victim.node);
    await waitForDaemon(victim.node);
    await settle(victim);
  },
};

export const POLICY_FAULTS: readonly Fault[] = [edited, killedEditing];
