// Faults of what a pod may claim: its MAC, its addresses, its neighbours.
import { mutantsOf } from '../mutant.ts';

const pods = [
  ...mutantsOf('bpf/lib/mac.h', [
    {
      name: 'half-of-mac-compared',
      fault: 'the last two bytes of a MAC are not compared',
      find: ' && x[2] == y[2]',
      replace: '',
    },
  ]),
  ...mutantsOf('bpf/lib/antispoof.h', [
    {
      name: 'ipv6-source-not-checked',
      fault: 'a pod may send from any IPv6 address',
      find: 'if (!endpoint_is_own(pkt, &pkt->source))',
      replace: 'if (pkt->family == L3_IPV4 && !endpoint_is_own(pkt, &pkt->source))',
    },
    {
      name: 'ipv4-source-not-checked',
      fault: 'a pod may send from any IPv4 address',
      find: 'if (!endpoint_is_own(pkt, &pkt->source))',
      replace: 'if (pkt->family == L3_IPV6 && !endpoint_is_own(pkt, &pkt->source))',
    },
  ]),
  ...mutantsOf('bpf/lib/endpoint.h', [
    {
      name: 'sibling-is-own',
      fault: "any local pod's address is a pod's own",
      find: ' && endpoint->pod_id == pkt->iface->pod_id',
      replace: '',
    },
    {
      name: 'host-endpoint-is-own',
      fault: "any address with the pod's podId is its own, whatever it is",
      find: 'return endpoint_is(endpoint, ENDPOINT_LOCAL_POD) && ',
      replace: 'return endpoint &&\n',
      equivalent: 'only pods of this node have a pod id',
    },
    {
      name: 'remote-node-is-no-node',
      fault: "another node's address does not count as a node's",
      find: ' ||\n\t       endpoint_is(endpoint, ENDPOINT_REMOTE_NODE)',
      replace: '',
    },
  ]),
  ...mutantsOf('bpf/lib/addr.h', [
    {
      name: 'broadcast-is-unicast',
      fault: '255.255.255.255 is sent as any address',
      find: ' || addr->words[3] == 0xffffffff',
      replace: '',
    },
    {
      name: 'half-of-multicast',
      fault: 'multicast from 232.0.0.0 on is sent as any address',
      find: '(addr->bytes[12] & 0xf0) == 0xe0',
      replace: '(addr->bytes[12] & 0xf8) == 0xe0',
    },
    {
      name: 'ipv6-multicast-is-unicast',
      fault: 'IPv6 multicast is sent as any address',
      find: 'return addr->bytes[0] == 0xff;',
      replace: 'return false;',
    },
    {
      name: 'loopback-is-a-destination',
      fault: '127.0.0.0/8 is sent as any address',
      find: 'addr->bytes[12] == 0 || addr->bytes[12] == 127',
      replace: 'addr->bytes[12] == 0',
    },
    {
      name: 'ipv6-loopback-is-a-destination',
      fault: '::1 is sent as any address',
      find: '<= 1);',
      replace: '< 1);',
    },
    {
      name: 'link-local-is-a-byte',
      fault: 'all of fe00::/8 counts as link-local',
      find: 'addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80',
      replace: 'addr->bytes[0] == 0xfe',
    },
    {
      name: 'half-of-address-compared',
      fault: 'two addresses of one /64 are equal',
      find: 'a->halves[0] == b->halves[0] && a->halves[1] == b->halves[1]',
      replace: 'a->halves[0] == b->halves[0]',
    },
  ]),
];

const neighbours = [
  ...mutantsOf('bpf/lib/arp.h', [
    {
      name: 'arp-of-any-hardware',
      fault: "ARP of other hardware or protocols is read as Ethernet's",
      find: ' || !arp_is_ipv4(&arp)',
      replace: '',
    },
    {
      name: 'arp-answered-for-itself',
      fault: 'a pod that asks for its own address is answered',
      find: ' || endpoint_is_own(pkt, &target)',
      replace: '',
    },
    {
      name: 'arp-reply-answered',
      fault: 'an ARP reply is answered',
      find: 'arp.operation != bpf_htons(ARP_REQUEST) || ',
      replace: '',
    },
    {
      name: 'arp-answer-swapped',
      fault: "an ARP reply speaks for the asker's address",
      find: '__builtin_memcpy(reply.arp.sender, arp->target, sizeof(arp->target));',
      replace: ';',
    },
  ]),
  ...mutantsOf('bpf/lib/neighbour.h', [
    {
      name: 'nd-answer-without-checksum',
      fault: 'a neighbour advertisement has no checksum',
      find: 'na.message.check = nd_check(&na);',
      replace: ';',
    },
    {
      name: 'nd-source-of-sibling',
      fault: "a pod may solicit from another pod's address",
      find: ' ||\n\t    !(addr_is_link_local(&pkt->source) || endpoint_is_own(pkt, &pkt->source))',
      replace: '',
    },
    {
      name: 'nd-foreign-mac-claimed',
      fault: "a pod may solicit with another's MAC in the option",
      find: 'nd_claims_foreign_mac(pkt, &nd, ND_OPTION_SOURCE_MAC) ||',
      replace: '',
    },
    {
      name: 'nd-target-mac-claimed',
      fault: "a pod may advertise another's MAC",
      find: 'nd_claims_foreign_mac(pkt, &nd, ND_OPTION_TARGET_MAC) || ',
      replace: '',
    },
    {
      name: 'nd-link-local-of-anybody',
      fault: 'a pod may advertise any link-local address',
      find: 'return addr_equal(addr, &pkt->source);',
      replace: 'return true;',
    },
    {
      name: 'nd-answered-for-itself',
      fault: 'a pod that solicits its own address is answered',
      find: ' || nd_is_own(pkt, &nd.target)',
      replace: '',
    },
    {
      name: 'nd-later-fragment-judged',
      fault: 'a later fragment of ICMPv6 is read as a message',
      find: ' ||\n\t    pkt->fragment == FRAGMENT_LATER',
      replace: '',
      equivalent: 'a later fragment has no ICMP type: 0 is not one of neighbour discovery',
    },
  ]),
];

export const SOURCE_MUTANTS = [...pods, ...neighbours];
