// Sentences of the daemon, as its parts write them: which of them say what to do, so that doctor adds no 'see the log'.
import t from 'tap';
import { namesItsCure } from '../../../loader/doctor/own-cure.ts';

const WITH = [
  '/etc/cni/net.d/04-x.conf comes before 05-heddle.conflist and names bridge, so new pods get no network of Heddle: mv /etc/cni/net.d/04-x.conf /etc/cni/net.d/04-x.conf.disabled',
  'the address 192.0.2.7 of node a is on no device of this node: assign it to the uplink, or correct the Node object',
  'no address is left in 10.1.0.0/24: delete pods, or give the node another pod CIDR',
  'node a has no pod CIDR yet: its Node object must name one',
  'UDP port 8472 is taken by the VXLAN device vx0: remove it (ip link delete vx0) or set another tunnel.port on every node',
  "cni0 has the address 10.1.0.1 of heddle0, too, and this node answers by either: it is the bridge of flannel's pods: drain the node, end flannel there, then 'heddlectl migrate remove-flannel'",
  'the kernel has no vxlan (modprobe vxlan, then restart heddled): the overlay works by the programs alone',
  "/opt/cni/bin/heddle-cni is of another build and cannot be replaced (EROFS); it reaches this daemon, so pods are added with it: put this build's heddle-cni there",
  "this node's traffic to 10.2.0.0/24 leaves by link 7 and not by link 4, because another route or rule comes first: remove it (ip route show to root 10.2.0.0/24, ip rule)",
  'no pod can have an address of pod CIDR 192.0.2.0/24 of node a, since it overlaps the default gateway 192.0.2.1: give its Node object a pod CIDR outside of the underlay',
  'hd_endpoint has no room for another pod: raise maps.endpoints and restart heddled',
] as const;

const WITHOUT = [
  'nft list tables failed: Error: out of order',
  'heddled has not finished starting: host-routes waits for links',
  'RTNETLINK: EINVAL (Invalid argument): link 7',
  'pod CIDR 10.1.0.0/24 of node b is ignored: it overlaps 10.1.0.0/16 of node a',
] as const;

t.test('what to do is in the sentence', t => {
  for (const sentence of WITH) t.ok(namesItsCure(sentence), sentence);
  t.end();
});

t.test('it is not', t => {
  for (const sentence of WITHOUT) t.notOk(namesItsCure(sentence), sentence);
  t.end();
});
