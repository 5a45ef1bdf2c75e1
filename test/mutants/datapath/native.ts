// Faults of what may come plain from other nodes.
import { mutantsOf } from '../mutant.ts';

const plain = mutantsOf('bpf/lib/underlay.h', [
  {
    name: 'native-mac-not-known',
    fault: 'a node whose MAC is not known is refused',
    find: 'owner && (owner->flags & NODE_MAC_KNOWN) &&',
    replace: 'owner &&',
  },
  {
    name: 'forwarded-pod-of-any-device',
    fault: "a pod's packet may be forwarded from whatever device it came in by",
    find: 'source->ifindex == ifindex ? VERDICT_NEXT : DROP_NATIVE_DEVICE',
    replace: 'VERDICT_NEXT',
  },
  {
    name: 'forwarded-from-overlay-refused',
    fault: 'what came out of a tunnel is not forwarded',
    find: '\tif (ifindex == CONFIG_GET(overlay_ifindex))\n\t\treturn VERDICT_NEXT;\n',
    replace: '',
  },
  {
    name: 'neighbour-message-from-afar',
    fault: "a neighbour message that a router forwarded is taken for a neighbour's",
    find: 'pkt->ttl == 255 && ',
    replace: '',
  },
  {
    name: 'neighbour-message-in-fragments',
    fault: 'a fragment is taken for a neighbour message',
    find: ' && pkt->fragment == FRAGMENT_WHOLE',
    replace: '',
  },
  {
    name: 'any-icmpv6-is-neighbour-message',
    fault: 'an echo request is taken for a neighbour message',
    find: 'pkt->icmp_type >= ND_ROUTER_SOLICITATION',
    replace: 'true',
  },
  {
    name: 'later-icmpv6-is-neighbour-message',
    fault: 'ICMPv6 types above the redirect are taken for neighbour messages',
    find: ' &&\n\t       pkt->icmp_type <= ND_REDIRECT',
    replace: '',
  },
  {
    name: 'own-host-from-outside',
    fault: "a plain packet may have this node's own overlay address for its source",
    find: ' || endpoint_is(source, ENDPOINT_LOCAL_HOST)',
    replace: '',
  },
  {
    name: 'own-pod-from-outside',
    fault: "a plain packet may have the source of this node's pod",
    find: 'endpoint_is(source, ENDPOINT_LOCAL_POD) || endpoint_is(source, ENDPOINT_LOCAL_HOST)',
    replace: 'endpoint_is(source, ENDPOINT_LOCAL_HOST)',
  },
  {
    name: 'node-address-must-be-tunnelled',
    fault: "a plain packet from a node's own address is refused",
    find: 'if (!route || (route->flags & ROUTE_REPLY_ONLY))',
    replace: 'if (!route)',
  },
]);

const routes = mutantsOf('bpf/lib/route.h', [
  {
    name: 'route-vni-in-host-order',
    fault: 'the VNI of a route is looked up in the wrong byte order',
    find: '.vni = bpf_htonl(vni)',
    replace: '.vni = vni',
  },
  {
    name: 'own-pods-behind-short-cut',
    fault: "this node's own pod CIDR counts as a remote one",
    find: 'route->kind != ROUTE_LOCAL && ',
    replace: '',
  },
  {
    name: 'node-address-behind-short-cut',
    fault: "a node's own address counts as a pod CIDR",
    find: ' && !(route->flags & ROUTE_REPLY_ONLY)',
    replace: '',
  },
]);

export const NATIVE_MUTANTS = [...plain, ...routes];
