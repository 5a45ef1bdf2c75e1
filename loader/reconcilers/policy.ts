// Reconciles policy in the maps of the current programs: new maps, new pods and addresses, foreign writes. The source's
// change handler writes a change of objects directly.
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

export function policyRows({ cells, cluster, attachments, policy, onChange }: NodeContext): Reconciler {
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
          onChange,
        },
        mode,
      );
      cells.policy.set(programs);
      return [];
    },
  };
}
