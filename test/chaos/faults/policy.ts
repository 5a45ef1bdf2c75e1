// Policy changes under the flows that it admits and denies, also while the daemon is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import type { Fault, Target } from '../fault.ts';
import { guard } from '../talk.ts';

const EDITS = 20;
const BETWEEN_MS = 60;
const SETTLE_MS = 400;
const KILL_WITHIN_MS = 120;

/** A rule for an absent peer: the generation changes, no verdict does. */
function edit({ lab, random }: Target): void {
  const cidr = `203.0.113.${random.int(256)}/32`;
  guard(lab, [{ from: [{ ipBlock: { cidr } }], ports: [{ port: 1 + random.int(60_000) }] }]);
}

async function settle({ lab }: Target): Promise<void> {
  guard(lab);
  await sleep(SETTLE_MS);
}

const edited: Fault = {
  name: `policy edited ${EDITS} times`,
  times: 10,
  async inject(target) {
    for (let i = 0; i < EDITS; i++) {
      edit(target);
      await sleep(target.random.int(BETWEEN_MS));
    }
    await settle(target);
  },
};

const killedEditing: Fault = {
  name: 'daemon killed -9 while policy changes',
  times: 20,
  async inject(target) {
    edit(target);
    await sleep(target.random.int(KILL_WITHIN_MS));
    await killDaemon(target.node);
    edit(target);
    startDaemon(target.node);
    await waitForDaemon(target.node);
    await settle(target);
  },
};

export const POLICY_FAULTS: readonly Fault[] = [edited, killedEditing];
