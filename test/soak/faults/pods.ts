// Pods come and go, also while the daemon does, and lose their namespace or their device.
import { setTimeout as sleep } from 'node:timers/promises';
import { killDaemon, stopDaemon } from '../../../lab/daemon.ts';
import { removeNetns } from '../../../lab/iproute.ts';
import type { LabPod } from '../../../lab/lab.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { COSTS_NOTHING, type Cost } from '../cost.ts';
import type { End, Place, SoakFault } from '../fault.ts';
import { runOn } from './commands.ts';
import { startIfEnded } from './daemon.ts';

const BURST = 6;
const LASTS_MS = 3_000;
/** About as long as a burst takes. */
const KILL_WITHIN_MS = 600;

/** No pod that traffic uses. */
const COSTS_A_POD: Cost = { ...COSTS_NOTHING, words: 'that pod alone' };

/** All at once; settles when all are gone again. */
async function burst({ world, node }: Place): Promise<void> {
  const plans = Array.from({ length: BURST }, () => world.newPod(node.name));
  const outcomes = await Promise.allSettled(plans.map(plan => world.addPod(plan)));
  await Promise.all(plans.map(plan => world.deletePod(plan)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Its failure is for the caller of the end. */
function begun(work: Promise<void>): End {
  work.catch(() => undefined);
  return () => work;
}

function endsInBurst(name: string, end: typeof killDaemon): SoakFault {
  return {
    ...{ name, holds: ['daemon', 'pods'], cost: COSTS_NOTHING, lastsMs: LASTS_MS },
    begin: async place => {
      const over = begun(burst(place));
      await sleep(place.random.int(KILL_WITHIN_MS));
      await end(place.node);
      return () => {
        startIfEnded(place.node);
        return over();
      };
    },
  };
}

function losesPart(name: string, lose: (place: Place, pod: LabPod) => unknown): SoakFault {
  return {
    ...{ name, holds: ['pods'], cost: COSTS_A_POD, lastsMs: LASTS_MS },
    begin: async place => {
      const pod = await place.world.addPod(place.world.newPod(place.node.name));
      await lose(place, pod);
      return () => place.world.deletePod(pod);
    },
  };
}

export const POD_FAULTS: readonly SoakFault[] = [
  {
    ...{ name: `${BURST} pods added and deleted`, holds: ['pods'], cost: COSTS_NOTHING, lastsMs: LASTS_MS },
    begin: place => begun(burst(place)),
  },
  endsInBurst('daemon killed -9 in a burst of ADD and DEL', killDaemon),
  endsInBurst('daemon stopped in a burst of ADD and DEL', stopDaemon),
  losesPart("a pod's namespace deleted", (_, { netns }) => removeNetns(netns)),
  losesPart("a pod's device deleted", ({ node }, pod) =>
    runOn(node, `ip link delete ${hostInterfaceName(pod)}`),
  ),
];
