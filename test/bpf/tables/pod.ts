// How a packet of this node's pod begins.
import { MAC, type View } from '../../support/bpf/cluster.ts';
import { eth, type IpOptions, type Packet } from '../../support/packet/packet.ts';

/** From the pod's own MAC and address, through its gateway. */
export function fromPod(view: View, destination: string, options?: IpOptions): Packet {
  return eth(MAC.pod, MAC.gateway).ip(view.pod, destination, options);
}
