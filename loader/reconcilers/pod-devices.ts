// Reconciles host ends of pods' veths: as ADD made them, and in no bridge, while their programs are attached; down otherwise.
import { isIpv4 } from 'ip';
import { listLinks } from 'rtnetlink';
import { ownerName } from '../ipam/owner-name.ts';
import { gatewayMac } from '../model/derived-macs.ts';
import type { Attachment } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';
import { attachedHooks, listPinnedLinks } from '../programs/pinned-links.ts';
import { type OwnEnd, reconcilePodLinks, setPodLinksDown } from '../network/pod-links.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function podDevices(context: NodeContext): Reconciler {
  const { config, socket, cells, localPods } = context;
  /** Devices that were set down here, by index: these are set up again, also where another program made them. */
  const lowered = new Set<number>();
  /** Pins that cannot be seen say nothing. */
  const isAttached = ({ ifindex }: LocalPod): boolean =>
    (['pod_tx', 'pod_rx'] as const).every(hook => cells.programs.value?.isAttached(hook, ifindex) === true);
  const isGuardedBy = (hooks: ReadonlySet<string>, { ifindex }: LocalPod): boolean =>
    hooks.has(`pod_tx ${ifindex}`) && hooks.has(`pod_rx ${ifindex}`);
  /** The caller manages interfaces that it created. */
  const isManaged = ({ attachment, ifindex }: LocalPod): boolean =>
    attachment.netns !== undefined || lowered.has(ifindex);
  return {
    name: 'pod-devices',
    needs: [cells.localPods, cells.attached],
    announcedBy: ['link', 'pod-route', 'bpffs'], // a device that loses IPv6 is announced by its routes alone
    isNeededByPods: false,
    sync() {
      // Asks the kernel about pods that `links` has not seen attached: an ADD may have attached them since.
      const suspects = localPods.all.filter(pod => !isGuardedBy(cells.attached.known, pod));
      const attached =
        suspects.length === 0 ? new Set<string>() : attachedHooks(listPinnedLinks(config.pinRoot));
      const unguarded = new Set(suspects.filter(pod => !isGuardedBy(attached, pod) && !isAttached(pod)));
      const guarded = localPods.all.filter(pod => !unguarded.has(pod));
      for (const { ifindex } of unguarded) lowered.add(ifindex);
      notifyAll(context, setPodLinksDown(socket, new Set([...unguarded].map(({ ifindex }) => ifindex))));
      const ends = guarded.filter(isManaged).map(({ ifindex, attachment }) => ({
        ...{ ifindex, gatewayMac: gatewayMac(config.nodeName) },
        ...(attachment.netns !== undefined && { own: ownEnd(attachment) }),
      }));
      notifyAll(context, reconcilePodLinks(socket, ends));
      for (const { ifindex } of guarded) lowered.delete(ifindex);
      const down = new Set(
        listLinks(socket)
          .filter(link => !link.up)
          .map(link => link.index),
      );
      return [
        ...[...unguarded].map(unguardedProblem),
        ...guarded.filter(({ ifindex }) => down.has(ifindex)).map(downProblem),
      ];
    },
  };
}

function ownEnd(attachment: Attachment): OwnEnd {
  const { addresses, mtu } = attachment;
  return { owner: ownerName(attachment), mtu, hasIpv6: !addresses.every(isIpv4) };
}

function unguardedProblem({ attachment: { hostInterface, containerId } }: LocalPod): string {
  return `the interface ${hostInterface} of container ${containerId} stays down: pod_tx and pod_rx are not attached to it`;
}

function downProblem({ attachment: { hostInterface, containerId } }: LocalPod): string {
  return `the interface ${hostInterface} of container ${containerId} is down, so the pod is unreachable: set it up (ip link set ${hostInterface} up)`;
}
