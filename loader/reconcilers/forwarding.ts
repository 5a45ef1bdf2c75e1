// Reconciles sysctls: forwarding, and accept_ra, without which a forwarding node loses its own routes.
import { isIpv4Cidr } from 'ip';
import { SysctlRecord, sysctlRecordFile } from '../network/sysctl-record.ts';
import { sysctlsBefore } from '../network/sysctl-restore.ts';
import {
  forwardingSysctls,
  isForwarding,
  reconcileSysctls,
  requirePodSysctls,
  type SysctlSpec,
} from '../network/sysctls.ts';
import { messageOf } from '../errors.ts';
import { change } from '../model/change.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function forwarding(context: NodeContext): Reconciler {
  const { config, socket, cells, localPods } = context;
  const uplinkNames = (): string[] => (cells.uplinks.value ?? []).map(({ name }) => name);
  const record = new SysctlRecord(sysctlRecordFile(config.runDir));
  return {
    name: 'forwarding',
    needs: [],
    watches: [cells.uplinks, cells.overlay, cells.localPods],
    announcedBy: ['link', 'route'],
    isNeededByPods: true,
    sync() {
      const pods = localPods.all.map(({ attachment }) => attachment.hostInterface);
      const desired = forwardingSysctls(socket, [...uplinkNames(), ...pods]);
      let unsaved = save(context, record);
      const keep = (wrong: readonly SysctlSpec[]): void => {
        record.note(sysctlsBefore(socket, wrong));
        unsaved = save(context, record);
      };
      notifyAll(context, reconcileSysctls(desired, socket.netns, keep));
      const podCidrs = context.cluster().nodes.get(config.nodeName)?.podCidrs ?? [];
      if (!podCidrs.every(isIpv4Cidr)) requirePodSysctls(socket.netns);
      return unsaved;
    },
    // Not of each pod's device: a file a pod would be read every second.
    detectDrift: () =>
      isForwarding(socket.netns, [...uplinkNames(), config.overlayDevice]) && !record.isGone
        ? []
        : ['forwarding'],
  };
}

/** A sentence if it cannot be written: pods need forwarding, and only a cleanup needs the record. */
function save(context: NodeContext, record: SysctlRecord): readonly string[] {
  const file = sysctlRecordFile(context.config.runDir);
  try {
    if (record.save()) notifyAll(context, [change(file, 'written anew: it was gone')]);
    return [];
  } catch (error) {
    return [
      `${file} cannot be written, so heddlectl cleanup will not know what sysctls were before: ${messageOf(error)}`,
    ];
  }
}
