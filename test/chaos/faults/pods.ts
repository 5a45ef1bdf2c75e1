// Pods come and go, in bursts, also while the daemon is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import type { PodPlan } from '../../../lab/plan.ts';
import { addPod, deletePod } from '../../../lab/pods.ts';
import type { Fault, Target } from '../fault.ts';

const BURST = 10;
const KILL_WITHIN_MS = 250;

const burst: Fault = {
  name: `${BURST} pods added and deleted at once`,
  times: 10,
  async inject({ lab, newPod }) {
    const plans = Array.from({ length: BURST }, newPod);
    await Promise.all(plans.map(plan => addPod(lab, plan)));
    await Promise.all(plans.map(plan => deletePod(lab, plan)));
  },
};

const killedAdding: Fault = {
  name: `daemon killed -9 while it adds ${BURST} pods`,
  times: 10,
  async inject(target) {
    const plans = Array.from({ length: BURST }, target.newPod);
    const added = Promise.allSettled(plans.map(plan => addPod(target.lab, plan)));
    await killAndStart(target);
    await added;
    await deleteAll(target, plans);
  },
};

const killedDeleting: Fault = {
  name: `daemon killed -9 while it deletes ${BURST} pods`,
  times: 10,
  async inject(target) {
    const plans = Array.from({ length: BURST }, target.newPod);
    await Promise.all(plans.map(plan => addPod(target.lab, plan)));
    const deleted = Promise.allSettled(plans.map(plan => deletePod(target.lab, plan)));
    await killAndStart(target);
    await deleted;
    await deleteAll(target, plans);
  },
};

async function killAndStart({ node, random }: Target): Promise<void> {
  await sleep(random.int(KILL_WITHIN_MS));
  await killDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
}

/** As a runtime does: DEL until it succeeds, also of what was never there. */
async function deleteAll({ lab }: Target, plans: readonly PodPlan[]): Promise<void> {
  await Promise.all(plans.map(plan => deletePod(lab, plan)));
}

export const POD_FAULTS: readonly Fault[] = [burst, killedAdding, killedDeleting];
