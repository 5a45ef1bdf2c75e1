// What each program mostly does, of a flow that is known: UDP of 64 bytes on a wire, in the world of the packet tables.
import { DEVICE, MAC, NODE, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import type { Step } from '../../support/bpf/story.ts';
import type { HookName } from '../../support/bpf/table.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { outOfTunnel } from '../../bpf/tables/tunnel.ts';

export interface ProgramCase {
  /** A few words. */
  readonly what: string;
  readonly given?: Partial<Given>;
  /** What makes the flow a known one. */
  readonly before: readonly Step[];
  readonly measured: Step;
}

const PAYLOAD = 'eighteen bytes ..!';
const UPLINK = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink };
/** Of the one who asks, and of the one who is asked. */
const [ASKING, ASKED] = [4_000, 53];

export const PROGRAM_CASES: Readonly<Record<HookName, (view: View) => ProgramCase>> = {
  pod_tx: view => ({
    what: 'a pod to a remote one, encapsulated',
    before: [sentByPod(view), receivedFromTunnel(view)],
    measured: sentByPod(view),
  }),
  uplink_rx: view => ({
    what: 'a remote pod to one here, decapsulated and delivered',
    before: [sentByPod(view), receivedFromTunnel(view)],
    measured: receivedFromTunnel(view),
  }),
  postrouting: view => ({
    what: 'what this node itself sends: a test run comes in by no device',
    before: [],
    measured: leaving(view),
  }),
  uplink_tx: view => ({
    what: 'a pod to the outside, by way of the stack',
    before: [leavingUplink(view)],
    measured: leavingUplink(view),
  }),
  uplink_xdp: view => ({
    what: 'the same packet, let in',
    before: [sentByPod(view), receivedFromTunnel(view)],
    measured: { ...receivedFromTunnel(view), hook: 'uplink_xdp', verdict: 'PASS_VALIDATED_TUNNEL' },
  }),
  pod_rx: view => ({
    what: 'the node itself to a pod of its own',
    before: [handedToPod(view)],
    measured: handedToPod(view),
  }),
  overlay_tx: view => ({
    what: 'the node itself to a remote pod, encapsulated',
    before: [],
    measured: {
      ...{ hook: 'overlay_tx', context: { ifindex: DEVICE.overlay }, verdict: 'REDIRECT_OVERLAY' },
      sent: eth(MAC.overlay, '00:00:00:00:00:00').with(asked(view.host, view.remotePod)),
    },
  }),
  overlay_rx: view => ({
    what: 'handed over by uplink_rx, checked there (tunnel keys come with real frames only)',
    before: [],
    measured: {
      ...{ hook: 'overlay_rx', verdict: 'PASS_VALIDATED_EARLIER' },
      context: { ifindex: DEVICE.overlay, ingressIfindex: DEVICE.overlay },
      sent: eth(MAC.gateway, MAC.overlay).with(answered(view.remotePod, view.host)),
    },
  }),
  input: view => ({
    what: 'a pod to an address of its own node',
    given: podBehindNoDevice(view),
    before: [takenIn(view)],
    measured: takenIn(view),
  }),
  forward: view => ({
    what: 'a pod to a remote one, by way of the stack',
    given: podBehindNoDevice(view),
    before: [forwarded(view)],
    measured: forwarded(view),
  }),
};

function asked(from: string, to: string): Packet {
  return bare().ip(from, to).udp(ASKING, ASKED, PAYLOAD);
}

function answered(from: string, to: string): Packet {
  return bare().ip(from, to).udp(ASKED, ASKING, PAYLOAD);
}

function takenIn(view: View): Step {
  return {
    ...{ hook: 'input', context: {}, verdict: 'PASS_HOST' },
    sent: eth(MAC.gateway, MAC.overlay).with(asked(view.pod, view.own)),
  };
}

function leaving(view: View): Step {
  return {
    ...{ hook: 'postrouting', context: {}, verdict: 'PASS_UNMANAGED' },
    sent: eth(MAC.gateway, MAC.overlay).with(asked(view.own, view.outside)),
  };
}

function leavingUplink(view: View): Step {
  return {
    ...{ hook: 'uplink_tx', verdict: 'PASS_UNMANAGED' },
    context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.pod },
    sent: eth(MAC.uplink, MAC.router).with(asked(view.pod, view.outside)),
  };
}

function sentByPod(view: View): Step {
  return {
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict: 'REDIRECT_OVERLAY' },
    sent: eth(MAC.pod, MAC.gateway).with(asked(view.pod, view.remotePod)),
  };
}

function receivedFromTunnel(view: View): Step {
  return {
    ...{ hook: 'uplink_rx', context: UPLINK, verdict: 'REDIRECT_POD' },
    sent: outOfTunnel(answered(view.remotePod, view.pod)),
  };
}

function handedToPod(view: View): Step {
  return {
    ...{ hook: 'pod_rx', context: { ifindex: DEVICE.pod, ingressIfindex: 0 }, verdict: 'PASS_POD' },
    sent: eth(MAC.gateway, MAC.pod).with(asked(view.host, view.pod)),
  };
}

function forwarded(view: View): Step {
  return {
    ...{ hook: 'forward', context: {}, verdict: 'PASS_HOST_PATH' },
    sent: eth(MAC.gateway, MAC.overlay).with(asked(view.pod, view.remotePod)),
  };
}

/** A test run of netfilter knows no ingress device. */
function podBehindNoDevice(view: View): Partial<Given> {
  const pod = { addr: view.pod, kind: 'ENDPOINT_LOCAL_POD', node: NODE.own } as const;
  return { endpoints: [{ ...pod, ifindex: 0, podId: POD_ID.pod, mac: MAC.pod }] };
}
