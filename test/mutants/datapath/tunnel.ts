// Faults of who may send by a tunnel.
import { mutantsOf } from '../mutant.ts';

const admitted = mutantsOf('bpf/lib/tunnel.h', [
  {
    name: 'outer-fragment-taken',
    fault: 'a first fragment of an outer packet is decapsulated as if it were whole',
    find: 'pkt->fragment == FRAGMENT_WHOLE &&\n\t       tunnel_is_own_end',
    replace: 'tunnel_is_own_end',
  },
  {
    name: 'tunnel-to-anybody',
    fault: "VXLAN to whatever address is taken for this node's",
    find: '\t       tunnel_is_own_end(&pkt->destination);',
    replace: '\t       true;',
  },
  {
    name: 'dead-address-silent',
    fault: 'whoever asks an address that no pod has hears nothing',
    find: ' || tunnel_is_unassigned_address(pkt))',
    replace: ')',
  },
  {
    name: 'dead-address-anywhere',
    fault: "an address of another node's pod networks is answered for",
    find: 'return route && route->kind == ROUTE_LOCAL;',
    replace: 'return route;',
  },
  {
    name: 'tunnel-from-any-host',
    fault: 'VXLAN from an address of the cluster that has no tunnel is admitted',
    find: '!node || !(node->flags & NODE_TUNNEL) || (node->flags & NODE_LOCAL)',
    replace: '!node || (node->flags & NODE_LOCAL)',
  },
  {
    name: 'tunnel-from-itself',
    fault: "VXLAN from this node's own address is admitted",
    find: '!(node->flags & NODE_TUNNEL) || (node->flags & NODE_LOCAL)',
    replace: '!(node->flags & NODE_TUNNEL)',
  },
  {
    name: 'inner-source-of-own-pod',
    fault: "an inner source in this node's own pod CIDR is admitted",
    find: '!route || route->kind == ROUTE_LOCAL || route',
    replace: '!route || route',
    equivalent: 'a local route is of this node, and no tunnel packet of this node itself gets so far',
  },
  {
    name: 'inner-source-of-any-node',
    fault: 'an inner source of another node than the sender is admitted',
    find: ' || route->node_id != tunnel->node_id',
    replace: '',
  },
  {
    name: 'node-address-as-pod',
    fault: "a node's own address that comes by its tunnel is not told from a pod's",
    find: 'tunnel->reply_only = route->flags & ROUTE_REPLY_ONLY;',
    replace: 'tunnel->reply_only = false;',
  },
  {
    name: 'vni-flag-ignored',
    fault: 'a VXLAN header without a valid VNI is admitted',
    find: ' || !(vxlan.flags & VXLAN_FLAG_VNI)',
    replace: '',
  },
  {
    name: 'inner-fragment-of-outer',
    fault: 'the ports of the outer packet are kept for an inner one that has none',
    find: '\tpkt->source_port = 0;\n\tpkt->destination_port = 0;\n',
    replace: '',
  },
  {
    name: 'trace-of-outer',
    fault: 'a tunnel packet whose outer end is a nonce is traced',
    find: '\tpkt->ct.traced = false;\n',
    replace: '',
  },
  {
    name: 'inner-padding-read',
    fault: 'an inner packet may go on into what lies behind the outer one',
    find: 'pkt->l3_offset + pkt->length > end',
    replace: 'pkt->l3_offset + pkt->length > end + 64',
  },
  {
    name: 'tunnel-end-of-hd_control-ignored',
    fault: 'the tunnel address that hd_control has is not compared',
    find: 'if (control && !addr_is_zero(addr)',
    replace: 'if (false && control && !addr_is_zero(addr)',
    equivalent: 'the same address is in hd_node, which is asked next; it only spares that look-up',
  },
]);

const header = mutantsOf('bpf/lib/vxlan.h', [
  {
    name: 'vni-one-byte-off',
    fault: 'the VNI is written one byte too low',
    find: 'bpf_htonl(vni << 8)',
    replace: 'bpf_htonl(vni)',
  },
  {
    name: 'vni-read-with-reserved-byte',
    fault: 'the reserved byte is read as a part of the VNI',
    find: 'bpf_ntohl(header->vni) >> 8',
    replace: 'bpf_ntohl(header->vni)',
  },
  {
    name: 'vxlan-in-any-protocol',
    fault: "TCP to the overlay's port is taken for VXLAN",
    find: 'pkt->protocol == IPPROTO_UDP &&',
    replace: 'true &&',
  },
]);

const strangers = mutantsOf('bpf/lib/xdp_unknown_vtep.h', [
  {
    name: 'stranger-fragment-refused',
    fault: 'a fragment is taken for VXLAN of a stranger',
    find: '!(frame->ip.fragment & bpf_htons(IPV4_FRAGMENT_OFFSET | IPV4_MORE_FRAGMENTS)) &&',
    replace: '',
  },
  {
    name: 'stranger-of-any-protocol',
    fault: "TCP to the overlay's port is refused as a stranger's VXLAN",
    find: 'frame->ip.protocol == IPPROTO_UDP &&',
    replace: '',
  },
  {
    name: 'stranger-to-anybody',
    fault: 'VXLAN from a stranger to another host is refused',
    find: ' && tunnel_is_own_end(&destination)',
    replace: '',
  },
  {
    name: 'stranger-with-node-address',
    fault: "VXLAN from this node's own address passes for another node's",
    find: '(node->flags & (NODE_TUNNEL | NODE_LOCAL)) == NODE_TUNNEL',
    replace: '(node->flags & NODE_TUNNEL)',
    equivalent: 'the slower check that follows refuses it by the same verdict',
  },
  {
    name: 'stranger-not-told',
    fault: 'who listens for drops does not hear of strangers',
    find: '(control->events & (1 << EVENT_DROP)) || ',
    replace: '',
  },
  {
    name: 'stranger-without-vni',
    fault: "VXLAN without a valid VNI is counted as a stranger's, not as malformed",
    find: ' &&\n\t       (frame->vxlan.flags & VXLAN_FLAG_VNI)',
    replace: '',
  },
]);

export const TUNNEL_MUTANTS = [...admitted, ...header, ...strangers];
