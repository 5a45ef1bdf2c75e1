// The measured packets: UDP, 64 bytes on a wire, between a pod of this node and one of another.
import { MAC as NODE_MAC, VNI } from '../../support/bpf/policy-node.ts';
import { eth } from '../../support/packet/packet.ts';
import { MEASURED, OWN_NODE, REMOTE_NODE, UNDERLAY } from './cluster.ts';
import { ADMITTED_PORT } from './rules.ts';

const MAC = {
  uplink: NODE_MAC.uplink(OWN_NODE),
  remoteUplink: NODE_MAC.uplink(REMOTE_NODE),
  gateway: NODE_MAC.gateway(OWN_NODE),
  overlay: NODE_MAC.overlay(OWN_NODE),
  remoteOverlay: NODE_MAC.overlay(REMOTE_NODE),
  pod: NODE_MAC.pod({ name: MEASURED.name }),
} as const;
const PAYLOAD = 'eighteen bytes ..!';
/** Of the outer header. */
const TUNNEL_SOURCE_PORT = 50_000;

/** From the pod here to the other, or the answer to what came from there. */
export function sentFrame(sourcePort: number, isAnswer = false): Buffer {
  const [from, to] = isAnswer ? [ADMITTED_PORT, sourcePort] : [sourcePort, ADMITTED_PORT];
  return eth(MAC.pod, MAC.gateway).ip(MEASURED.local, MEASURED.remote).udp(from, to, PAYLOAD).bytes();
}

/** From the other pod, in the tunnel. */
export function receivedFrame(sourcePort: number, isAnswer = false): Buffer {
  const [from, to] = isAnswer ? [ADMITTED_PORT, sourcePort] : [sourcePort, ADMITTED_PORT];
  const inner = eth(MAC.remoteOverlay, MAC.overlay)
    .ip(MEASURED.remote, MEASURED.local)
    .udp(from, to, PAYLOAD);
  return eth(MAC.remoteUplink, MAC.uplink)
    .ip(UNDERLAY.remote, UNDERLAY.own)
    .udp(TUNNEL_SOURCE_PORT, 4789)
    .vxlan(VNI, inner)
    .bytes();
}
