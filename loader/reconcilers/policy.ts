// Policy in the maps of these programs. A change of objects is written at once by whoever has it; this is the rest:
// maps that are new, pods and addresses that came, and what somebody else has written.
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

export function policyRows({ cells, cluster, attachments, policy }: NodeContext): Reconciler {
  return {
    name: 'policy',
    needs: [cells.programs, cells.uplinks],
    watches: [cells.localPods],
    isNeededByPods: true,
    sync(mode) {
      const programs = cells.programs.known;
      policy.sync(
        {
          maps: programs.maps,
          cluster: cluster(),
          attachments: attachments(),
          uplinkAddresses: cells.uplinks.known.flatMap(({ addresses }) => addresses),
        },
        mode,
      );
      cells.policy.set(programs);
      return [];
    },
  };
}
