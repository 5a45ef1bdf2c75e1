// The ways of a packet through the hooks, for what cannot be read: rows of unreadable.ts, and docs/unreadable.md.
import { DEVICE, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import type { HookName } from '../../support/bpf/table.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';

/** What a test run of netfilter takes for the device that a packet came in by. */
const NO_DEVICE = 0;
export const UPLINK = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink };

const LEAVING = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.pod };

/** A way of such a packet through a hook, and what becomes of it there. */
export interface Way {
  readonly hook: HookName;
  readonly what: string;
  readonly ingressIfindex?: number;
  readonly ifindex?: number;
  readonly headed: (view: View) => Packet;
  readonly given?: Partial<Given>;
  /** The far device that sends it as a real frame: test runs of this hook do not know where a packet comes from. */
  readonly liveFrom?: 'pod' | 'wire2';
  /** Absent: what parsing says. */
  readonly verdict?: string;
  readonly why?: string;
}

export const WAYS: readonly Way[] = [
  {
    hook: 'pod_tx',
    what: 'from a pod',
    ifindex: DEVICE.pod,
    headed: view => fromPod(view, view.remotePod),
  },
  {
    hook: 'pod_rx',
    what: 'forwarded to a pod',
    ifindex: DEVICE.pod,
    ingressIfindex: DEVICE.uplink,
    headed: view => eth(MAC.gateway, MAC.pod).ip(view.outside, view.pod),
  },
  {
    hook: 'pod_rx',
    what: 'from this node to its pod',
    ifindex: DEVICE.pod,
    headed: view => eth(MAC.gateway, MAC.pod).ip(view.host, view.pod),
  },
  { hook: 'uplink_rx', what: 'plain, to a pod', ...UPLINK, headed: view => plain(view, view.pod) },
  { hook: 'uplink_rx', what: 'plain, to this node', ...UPLINK, headed: view => plain(view, view.own) },
  {
    hook: 'uplink_rx',
    what: 'plain, to somebody else',
    ...UPLINK,
    headed: view => plain(view, view.stranger),
    verdict: 'PASS_UNMANAGED',
    why: 'no pod of the cluster and no address of this node: the stack forwards it as any router does',
  },
  {
    hook: 'uplink_rx',
    what: 'with the source of a pod that is reached by the overlay',
    ...UPLINK,
    headed: view => eth(MAC.router, MAC.uplink).ip(view.remotePod, view.stranger),
    verdict: 'DROP_NATIVE_SOURCE',
    why: 'the addresses can be read, and the stack would accept them',
  },
  {
    hook: 'uplink_xdp',
    what: 'plain, to a pod',
    ...UPLINK,
    headed: view => plain(view, view.pod),
    verdict: 'PASS_UNMANAGED',
    why: 'uplink_rx is next and drops it: XDP only saves work',
  },
  {
    hook: 'overlay_tx',
    what: 'from the host’s stack to a remote pod',
    ifindex: DEVICE.overlay,
    ingressIfindex: DEVICE.uplink,
    headed: view => eth(MAC.overlay, MAC.remoteOverlay).ip(view.outside, view.remotePod),
  },
  {
    hook: 'forward',
    what: 'forwarded to a pod',
    headed: view => eth(MAC.gateway, MAC.overlay).ip(view.outside, view.pod),
  },
  {
    hook: 'forward',
    what: 'forwarded from a pod',
    headed: view => eth(MAC.gateway, MAC.overlay).ip(view.pod, view.outside),
  },
  {
    hook: 'forward',
    what: 'forwarded between others',
    headed: view => eth(MAC.gateway, MAC.overlay).ip(view.outside, view.stranger),
    verdict: 'PASS_UNMANAGED',
    why: 'no pod of this node',
  },
  {
    hook: 'input',
    what: 'from a pod, to its own node',
    given: { ifaces: [{ ifindex: NO_DEVICE, mac: MAC.pod, podId: POD_ID.pod }] },
    headed: view => eth(MAC.gateway, MAC.overlay).ip(view.pod, view.own),
  },
  {
    hook: 'input',
    what: 'from anybody else, to this node',
    headed: view => eth(MAC.gateway, MAC.overlay).ip(view.outside, view.own),
    verdict: 'PASS_UNMANAGED',
    why: 'no pod has sent it, and the stack parses it itself',
  },
  {
    hook: 'postrouting',
    what: 'forwarded from a pod, by a NIC of your own',
    liveFrom: 'pod',
    headed: view => eth(MAC.pod, MAC.gateway).ip(view.pod, view.stranger),
  },
  {
    hook: 'postrouting',
    what: 'forwarded between others',
    liveFrom: 'wire2',
    headed: view => eth(MAC.stranger, MAC.nic2).ip(view.stranger, view.outside),
    verdict: 'PASS_UNMANAGED',
    why: 'no pod of this node',
  },
  {
    hook: 'postrouting',
    what: 'sent by this node itself',
    headed: view => eth(MAC.gateway, MAC.overlay).ip(view.own, view.outside),
    verdict: 'PASS_UNMANAGED',
    why: 'the node forwards nothing here',
  },
  {
    hook: 'uplink_tx',
    what: 'from a pod, whatever way it took',
    ...LEAVING,
    headed: view => eth(MAC.uplink, MAC.router).ip(view.pod, view.outside),
  },
  {
    hook: 'uplink_tx',
    what: 'from a pod, masqueraded',
    ...LEAVING,
    headed: view => eth(MAC.uplink, MAC.router).ip(view.own, view.outside),
  },
  {
    hook: 'uplink_tx',
    what: 'forwarded between others',
    ...{ ifindex: DEVICE.uplink, ingressIfindex: DEVICE.nic2 },
    headed: view => eth(MAC.uplink, MAC.router).ip(view.stranger, view.outside),
    verdict: 'PASS_UNMANAGED',
    why: 'no pod of this node',
  },
  {
    hook: 'uplink_tx',
    what: 'sent by this node itself',
    ifindex: DEVICE.uplink,
    headed: view => eth(MAC.uplink, MAC.router).ip(view.own, view.outside),
    verdict: 'PASS_UNMANAGED',
    why: 'no pod has sent it',
  },
  {
    hook: 'overlay_rx',
    what: 'handed over by `uplink_rx`',
    ifindex: DEVICE.overlay,
    ingressIfindex: DEVICE.overlay,
    headed: view => eth(MAC.gateway, MAC.overlay).ip(view.remotePod, view.host),
    verdict: 'PASS_VALIDATED_EARLIER',
    why: '`uplink_rx` has parsed it, and hands over only what it could parse',
  },
];

function plain(view: View, to: string): Packet {
  return eth(MAC.router, MAC.uplink).ip(view.outside, to);
}
