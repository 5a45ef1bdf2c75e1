// Compares each attachment with what its pod really has: MAC and addresses in its namespace, the host's way to it, the
// node's pod CIDRs. A MAC that another program has set (a plugin chained after ours) is adopted: decision 25 says why.
import { setImmediate } from 'node:timers/promises';
import { type Addr, type Cidr, cidrContains } from 'ip';
import { getLink, type RtnetlinkSocket } from 'rtnetlink';
import { ownerName } from '../ipam/owner-name.ts';
import { attachmentId, type Attachment } from '../model/attachment.ts';
import { change } from '../model/change.ts';
import type { LocalPod } from '../model/tables-input.ts';
import { hostLocalProblems } from '../network/host-local.ts';
import { readPodAddresses, readPodEnd } from '../network/pod-end.ts';
import { podRoutes, routedPod } from '../network/pod-routes.ts';
import { shadowedRoutes } from '../network/shadowed-routes.ts';
import { effectiveCidrs } from './effective-cidrs.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';
import { UnmanagedPods } from './unmanaged-pods.ts';

/** Pods within one turn of the event loop: some 40 µs each. */
const SLICE = 16;
/** How long a new pod's MAC is looked at every second: the plugins after ours run then. */
const YOUNG_MS = 20_000;

export function attachments(context: NodeContext): Reconciler {
  const { socket, cells, localPods } = context;
  /** When a pod was seen first, by attachment. */
  const firstSeenMs = new Map<string, number>();
  const unmanaged = new UnmanagedPods();
  return {
    name: 'attachments',
    needs: [cells.localPods, cells.nodes],
    announcedBy: ['pod-route'],
    isNeededByPods: false,
    minIntervalMs: 1_000,
    async sync() {
      const found: string[] = [];
      const known = localPods.all.filter(isOurs);
      for (const [i, pod] of known.entries()) {
        if (i > 0 && i % SLICE === 0) await setImmediate();
        if (localPods.get(pod.attachment) === pod) found.push(...examine(context, pod));
      }
      forget(firstSeenMs, known);
      return [
        ...outsideProblems(context),
        ...unmanaged.problems(context),
        ...hostLocalProblems(context.config.flannel.hostLocalDir, effectiveCidrs(context).own),
        ...found,
      ];
    },
    // Nothing announces what happens in a pod's namespace.
    detectDrift() {
      const nowMs = performance.now();
      return localPods.all
        .filter(isOurs)
        .filter(({ attachment }) => isYoung(firstSeenMs, attachment, nowMs))
        .filter(pod => otherMac(socket, pod) !== undefined)
        .map(({ attachment }) => `the MAC of ${ownerName(attachment)}`);
    },
  };
}

/** The interface that a caller has made is the caller's, in the pod too. */
function isOurs({ attachment }: LocalPod): boolean {
  return attachment.netns !== undefined;
}

function isYoung(firstSeenMs: Map<string, number>, attachment: Attachment, nowMs: number): boolean {
  const id = attachmentId(attachment);
  const seenMs = firstSeenMs.get(id) ?? nowMs;
  firstSeenMs.set(id, seenMs);
  return nowMs - seenMs < YOUNG_MS;
}

function forget(firstSeenMs: Map<string, number>, pods: readonly LocalPod[]): void {
  const known = new Set(pods.map(({ attachment }) => attachmentId(attachment)));
  for (const id of firstSeenMs.keys()) if (!known.has(id)) firstSeenMs.delete(id);
}

/** One sentence for each difference that is not mended. */
function examine(context: NodeContext, pod: LocalPod): string[] {
  const { socket } = context;
  const { attachment, ifindex } = pod;
  const link = getLink(socket, ifindex);
  const end = link && readPodEnd(socket, link);
  if (link === undefined || end === undefined) return []; // it is just going
  if (end.mac !== undefined && end.mac !== attachment.podMac) adoptMac(context, pod, end.mac);
  const actual = readPodAddresses(socket, link);
  const missing = attachment.addresses.filter(addr => !actual.has(addr));
  const who = ownerName(attachment);
  return [
    ...(end.up
      ? []
      : [`${end.name} of ${who} is down in its namespace, so the pod has no network: delete the pod`]),
    ...missing.map(
      addr =>
        `${end.name} of ${who} lacks its address ${addr}, so it cannot be reached there: delete the pod`,
    ),
    ...shadowedRoutes(socket, podRoutes(routedPod(pod))),
  ];
}

function otherMac(socket: RtnetlinkSocket, { attachment, ifindex }: LocalPod): string | undefined {
  const link = getLink(socket, ifindex);
  const mac = link && readPodEnd(socket, link)?.mac;
  return mac === attachment.podMac ? undefined : mac;
}

/** The record, and with it rows, neighbours and CHECK: `tables` and `host-routes` follow the cell. */
function adoptMac(context: NodeContext, pod: LocalPod, mac: Attachment['podMac']): void {
  const { cells, localPods } = context;
  const attachment = context.adoptMac(pod.attachment, mac);
  localPods.put({ ...pod, attachment });
  cells.localPods.set(localPods.all);
  const text = `MAC ${pod.attachment.podMac} became ${mac}, as its interface has it`;
  notifyAll(context, [change(ownerName(attachment), text)]);
}

/** After a change of the node's pod CIDRs under living pods. */
function outsideProblems(context: NodeContext): string[] {
  const { own } = effectiveCidrs(context);
  if (own.length === 0) return []; // a condition of its own
  const outside = context.localPods.all.flatMap(({ attachment }) => {
    const strays = attachment.addresses.filter(addr => !isInside(own, addr));
    return strays.length === 0 ? [] : [`${ownerName(attachment)} (${strays.join(', ')})`];
  });
  if (outside.length === 0) return [];
  return [
    `outside of this node's pod CIDRs (${own.join(', ')}), so no other node reaches them: ${outside.join(', ')}: ` +
      `delete these pods, and they are made again with other addresses`,
  ];
}

function isInside(cidrs: readonly Cidr[], addr: Addr): boolean {
  return cidrs.some(cidr => cidrContains(cidr, addr));
}
