// Faults of outer headers, our own and those of the kernel's vxlan.
import { mutantsOf } from '../mutant.ts';

const headers = mutantsOf('bpf/lib/encap_headers.h', [
  {
    name: 'source-port-range-one-short',
    fault: 'the last source port of the range is never used',
    find: 'CONFIG_GET(source_port_max) - lowest + 1',
    replace: 'CONFIG_GET(source_port_max) - lowest',
  },
  {
    name: 'source-port-range-one-long',
    fault: 'a source port beyond the range is used',
    find: 'CONFIG_GET(source_port_max) - lowest + 1',
    replace: 'CONFIG_GET(source_port_max) - lowest + 2',
  },
  {
    name: 'source-port-of-no-flow',
    fault: 'all flows have one source port',
    find: '(__u16)((hash * count) >> 32)',
    replace: '(__u16)((count) >> 32)',
  },
  {
    name: 'outer-port-in-host-order',
    fault: 'the outer destination port is in the wrong byte order',
    find: 'bpf_htons(CONFIG_GET(vxlan_port))',
    replace: 'CONFIG_GET(vxlan_port)',
  },
  {
    name: 'inner-mac-of-own-node',
    fault: "the inner frame goes to this node's own MAC",
    find: 'payload->inner.destination = flow->route->vtep_mac;',
    replace: 'payload->inner.destination = mac_setting(&CONFIG_GET(overlay_mac));',
  },
  {
    name: 'outer-dscp-lost',
    fault: 'the outer IPv4 header has neither DSCP nor ECN',
    find: 'outer->ip.tos = dsfield;',
    replace: 'dsfield = 0;',
  },
  {
    name: 'outer-may-not-be-fragmented',
    fault: 'a path that carries less loses the outer packet instead of cutting it up',
    find: 'outer->ip.protocol = IPPROTO_UDP;',
    replace: 'outer->ip.protocol = IPPROTO_UDP;\n\touter->ip.frag_off = bpf_htons(0x4000);',
  },
  {
    name: 'outer-identification-repeated',
    fault: 'pieces of one outer packet are taken for those of another',
    find: 'outer->ip.id = (__u16)bpf_get_prandom_u32();',
    replace: '',
  },
  {
    name: 'outer-hop-limit-too-low',
    fault: 'the outer packet has another TTL than the setting',
    find: 'outer->ip.ttl = CONFIG_GET(tunnel_ttl);',
    replace: 'outer->ip.ttl = CONFIG_GET(tunnel_ttl) - 1;',
  },
  {
    name: 'outer-checksum-missing',
    fault: 'the outer IPv4 header has no checksum',
    find: 'outer->ip.check = encap_ipv4_check(&outer->ip);',
    replace: ';',
  },
  {
    name: 'outer-udp-length-of-ip',
    fault: 'the outer UDP length counts the IPv4 header',
    find: 'outer->payload.length = bpf_htons(length - sizeof(outer->ip));',
    replace: 'outer->payload.length = bpf_htons(length);',
  },
  {
    name: 'outer-ipv6-length-with-header',
    fault: 'the outer IPv6 length counts its own header',
    find: 'outer->ip.payload_len = bpf_htons(length - sizeof(outer->ip));',
    replace: 'outer->ip.payload_len = bpf_htons(length);',
  },
  {
    name: 'outer-traffic-class-halved',
    fault: 'the outer IPv6 header has half of the traffic class',
    find: 'outer->ip.flow_lbl[0] = dsfield << 4;',
    replace: '',
  },
  {
    name: 'outer-addresses-swapped',
    fault: 'the outer packet goes from the other node to this one',
    find: 'outer->ip.saddr = flow->route->source.words[3];\n\touter->ip.daddr = flow->route->tunnel.words[3];',
    replace:
      'outer->ip.saddr = flow->route->tunnel.words[3];\n\touter->ip.daddr = flow->route->source.words[3];',
  },
  {
    name: 'encap-counts-vxlan-as-ethernet',
    fault: "the kernel is told of VXLAN's header as a part of the inner Ethernet header",
    find: 'BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN)',
    replace: 'BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN + sizeof(struct vxlan))',
  },
  {
    name: 'encap-shrinks-segments',
    fault: 'the outer headers make the segments of a super-packet smaller',
    find: 'BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L4_UDP',
    replace: 'BPF_F_ADJ_ROOM_ENCAP_L4_UDP',
  },
  {
    name: 'outer-ethertype-of-inner',
    fault: 'a packet in a tunnel of the other family keeps its Ethernet type',
    find: 'if (outer_ipv4 != inner_ipv4)',
    replace: 'if (false)',
  },
  {
    name: 'outer-checksum-without-lengths',
    fault: "the outer IPv4 header's checksum leaves its length out",
    find: ' +\n\t\t\t\t\touter->ip.tot_len + outer->ip.id',
    replace: ' + outer->ip.id',
  },
]);

const encap = mutantsOf('bpf/lib/encap.h', [
  {
    name: 'largest-packet-encapsulated-here',
    fault: 'a super-packet that has no room for the outer headers is encapsulated all the same',
    find: 'if (length > IP_LENGTH_MAX)',
    replace: 'if (false)',
  },
  {
    name: 'tunnel-in-tunnel-dropped',
    fault: 'what the kernel says is a tunnel packet already is dropped',
    find: 'if (kernel_vxlan_is_needed(error))',
    replace: 'if (false)',
  },
]);

const kernelVxlan = mutantsOf('bpf/lib/kernel_vxlan.h', [
  {
    name: 'tunnel-key-in-wire-order',
    fault: "the kernel's vxlan is told an address in the wrong byte order",
    find: 'key.remote_ipv4 = bpf_ntohl(remote->words[3]);',
    replace: 'key.remote_ipv4 = remote->words[3];',
  },
  {
    name: 'kernel-vxlan-may-not-be-fragmented',
    fault: "a path that carries less loses what the kernel's vxlan sends",
    find: 'sizeof(key), BPF_F_ZERO_CSUM_TX)',
    replace: 'sizeof(key), BPF_F_ZERO_CSUM_TX | BPF_F_DONT_FRAGMENT)',
  },
  {
    name: 'kernel-vxlan-of-another-vni',
    fault: "the kernel's vxlan is told another VNI",
    find: '.tunnel_id = pkt->vni,',
    replace: '.tunnel_id = pkt->vni + 1,',
  },
  {
    name: 'outer-source-in-host-order',
    fault: 'the outer source of what the kernel decapsulated is read in the wrong byte order',
    find: 'addr_set_ipv4(remote, bpf_htonl(key.remote_ipv4));',
    replace: 'addr_set_ipv4(remote, key.remote_ipv4);',
  },
  {
    name: 'ipv6-tunnel-key-ignored',
    fault: 'what the kernel decapsulated from IPv6 is taken for something handed over',
    find: 'error != ERROR_PROTO ||\n\t\t    bpf_skb_get_tunnel_key',
    replace: 'true ||\n\t\t    bpf_skb_get_tunnel_key',
  },
]);

export const ENCAP_MUTANTS = [...headers, ...encap, ...kernelVxlan];
