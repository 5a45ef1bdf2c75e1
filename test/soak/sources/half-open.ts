// Connections that both ends take for open while nothing passes: a router between the nodes and this process drops all of it.
import { nftIn } from '../../../lab/iproute.ts';
import type { Lab } from '../../../lab/lab.ts';
import { COSTS_NOTHING } from '../cost.ts';
import type { SoakFault } from '../fault.ts';
import { HERE } from '../world/reach-lab.ts';

const TABLE = 'inet soak';

/** Longer than a client takes to find out. */
const LASTS_MS = 20_000;

/** What this process and the nodes send each other, in either direction. */
export function dropTraffic({ fabricNetns }: Lab): void {
  const rules = ['type filter hook forward priority 0', `ip daddr ${HERE} drop`, `ip saddr ${HERE} drop`];
  nftIn(fabricNetns, `table ${TABLE} {\n chain forward {\n${rules.join('\n')}\n}\n}\n`);
}

export function passTraffic({ fabricNetns }: Lab): void {
  nftIn(fabricNetns, `delete table ${TABLE}\n`);
}

export function halfOpen(lab: Lab): SoakFault {
  return {
    name: 'connections to the source are half open',
    ...{ holds: ['source'], cost: COSTS_NOTHING, lastsMs: LASTS_MS },
    begin: () => {
      dropTraffic(lab);
      return () => passTraffic(lab);
    },
  };
}
