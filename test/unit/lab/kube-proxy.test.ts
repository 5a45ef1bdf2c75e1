// The rules of kube-proxy that a lab writes: every service in every family of its own, and every backend of it.
import t from 'tap';
import { rulesText, type ServiceRules } from '../../../lab/kube-proxy.ts';

const web: ServiceRules = {
  ...{ family: 'ipv4', clusterIp: '10.96.0.10', port: 80, nodePort: 30_080, podRange: '10.244.0.0/16' },
  backends: ['10.244.1.2', '10.244.2.2'],
};
const web6: ServiceRules = {
  ...{ family: 'ipv6', clusterIp: 'fd96::10', port: 80, nodePort: 30_080, podRange: 'fd00:244::/48' },
  backends: ['fd00:244:0:1::2'],
};

t.test('nftables: a table of its own for each family that has a service', t => {
  t.strictSame(
    rulesText('nftables', [web, web6]).map(({ command, text }) => [command, text.split('\n')[0]]),
    [
      ['nft -f -', 'table ip kube-proxy {'],
      ['nft -f -', 'table ip6 kube-proxy {'],
    ],
  );
  const [table, ...others] = rulesText('nftables', [web]);
  t.strictSame(others, []);
  for (const rule of [
    'elements = { 10.96.0.10 . tcp . 80 : goto service-0-tcp, 10.96.0.10 . udp . 80 : goto service-0-udp }',
    'elements = { tcp . 30080 : goto external-0-tcp, udp . 30080 : goto external-0-udp }',
    'meta l4proto udp dnat to 10.244.2.2:80',
    'ip daddr 10.96.0.10 tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade',
    'numgen random mod 2 vmap { 0 : goto endpoint-0-tcp-0, 1 : goto endpoint-0-tcp-1 }',
  ])
    t.ok(table?.text.includes(rule), rule);
  t.end();
});

t.test('iptables: a chain for each service, protocol and backend, each as likely', t => {
  const [ipv4, ipv6] = rulesText('iptables', [web, web6]);
  t.equal(ipv4?.command, 'iptables-restore');
  t.equal(ipv6?.command, 'ip6tables-restore');
  for (const rule of [
    ':KUBE-SVC-0TCP - [0:0]',
    '-A KUBE-SERVICES -d 10.96.0.10 -p udp -m udp --dport 80 -j KUBE-SVC-0UDP',
    '-A KUBE-SVC-0TCP -m statistic --mode random --probability 0.50000 -j KUBE-SEP-0TCP0',
    '-A KUBE-SVC-0TCP -j KUBE-SEP-0TCP1',
    '-A KUBE-SEP-0TCP1 -p tcp -m tcp -j DNAT --to-destination 10.244.2.2:80',
  ])
    t.ok(ipv4?.text.includes(`${rule}\n`), rule);
  t.ok(ipv6?.text.includes('--to-destination [fd00:244:0:1::2]:80'));
  t.end();
});
