// A firewall that drops what it does not know lets pods' traffic through, and keeps everything of its own.
import { parseCidr } from 'ip';
import t from 'tap';
import { addAddress, createVeth, openNetns, setLink, writeSysctl } from 'rtnetlink';
import { reconcileFirewall, removeFirewallRules } from '../../../loader/network/firewall.ts';
import { createNft } from '../../../loader/network/nft.ts';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { linkOf, podIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

const wish = { ownCidrs: ['10.1.0.0/24', 'fd00:1::/64'].map(parseCidr) };

function ruleset(node: ScratchNode): string {
  return run(node, 'nft', '-s', 'list', 'ruleset');
}

/** As Docker leaves it: iptables, policy DROP, a rule of its own. */
function iptablesDrop(node: ScratchNode): void {
  run(node, 'iptables', '-P', 'FORWARD', 'DROP');
  run(node, 'iptables', '-A', 'FORWARD', '-i', 'docker0', '-j', 'ACCEPT');
}

t.test('rules are put into an iptables chain that drops, and iptables can still show them', async t => {
  const node = scratchNode(t);
  const nft = createNft(node.path);
  iptablesDrop(node);
  t.same(await reconcileFirewall(nft, wish), [
    {
      subject: 'nftables chain ip filter FORWARD',
      action: 'added rules that accept pod traffic, because its policy is drop',
    },
  ]);
  t.equal(
    run(node, 'iptables', '-S', 'FORWARD'),
    [
      '-P FORWARD DROP',
      '-A FORWARD -s 10.1.0.0/24 -i hd+ -m comment --comment heddle -j ACCEPT',
      '-A FORWARD -d 10.1.0.0/24 -o hd+ -m comment --comment heddle -j ACCEPT',
      '-A FORWARD -i heddle0 -m comment --comment heddle -j ACCEPT',
      '-A FORWARD -o heddle0 -m comment --comment heddle -j ACCEPT',
      '-A FORWARD -i docker0 -j ACCEPT',
      '',
    ].join('\n'),
  );
  t.same(await reconcileFirewall(nft, wish), []);
});

t.test('rules come back when they are flushed, and change with the prefixes', async t => {
  const node = scratchNode(t);
  const nft = createNft(node.path);
  iptablesDrop(node);
  await reconcileFirewall(nft, wish);
  const before = ruleset(node);
  run(node, 'iptables', '-D', 'FORWARD', '1');
  t.equal((await reconcileFirewall(nft, wish)).length, 1);
  t.equal(ruleset(node), before);
  const other = { ownCidrs: [parseCidr('10.9.0.0/24')] };
  t.equal((await reconcileFirewall(nft, other)).length, 1);
  t.match(run(node, 'iptables', '-S', 'FORWARD'), /10\.9\.0\.0/);
  t.notMatch(run(node, 'iptables', '-S', 'FORWARD'), /10\.1\.0\.0/);
});

t.test(
  'chains of every family are met; those that accept, and those of other hooks, are left alone',
  async t => {
    const node = scratchNode(t);
    const nft = createNft(node.path);
    const chain = (family: string, hook: string, policy: string) =>
      `table ${family} t_${hook}_${policy} { chain c { type filter hook ${hook} priority 0; policy ${policy}; }; }`;
    const script = [
      chain('inet', 'forward', 'drop'),
      chain('ip6', 'forward', 'drop'),
      chain('inet', 'forward', 'accept'),
      chain('inet', 'input', 'drop'),
    ];
    for (const text of script) run(node, 'nft', text);
    const changes = await reconcileFirewall(nft, wish);
    t.same(
      new Set(changes.map(({ subject }) => subject)),
      new Set(['nftables chain inet t_forward_drop c', 'nftables chain ip6 t_forward_drop c']),
    );
    t.same(await reconcileFirewall(nft, wish), []);
  },
);

t.test('rules go when the policy becomes accept, and at cleanup, and nothing else does', async t => {
  const node = scratchNode(t);
  const nft = createNft(node.path);
  iptablesDrop(node);
  const before = ruleset(node);
  await reconcileFirewall(nft, wish);
  t.equal((await removeFirewallRules(nft)).length, 1);
  t.same(await removeFirewallRules(nft), []);
  t.equal(ruleset(node), before);
  await reconcileFirewall(nft, wish);
  run(node, 'iptables', '-P', 'FORWARD', 'ACCEPT');
  t.match(await reconcileFirewall(nft, wish), [{ action: "removed Heddle's rules" }]);
  t.notMatch(ruleset(node), /heddle/);
});

t.test('a pod reaches the outside through a firewall that drops', async t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const outside = scratchNode(t);
  using netns = openNetns(outside.path);
  createVeth(node.socket, { name: 'up0', up: true, peer: { name: 'eth0', netnsFd: netns.fd } });
  setLink(outside.socket, 'eth0', { up: true });
  addAddress(node.socket, { index: linkOf(node, 'up0').index, address: '192.168.7.1', prefixLength: 24 });
  addAddress(outside.socket, {
    index: linkOf(outside, 'eth0').index,
    address: '192.168.7.2',
    prefixLength: 24,
  });
  run(outside, 'ip', 'route', 'add', 'default', 'via', '192.168.7.1');
  writeSysctl('net.ipv4.ip_forward', 1, { netns: node.path });
  attachPod(node.socket, podIn(pod.path), () => undefined);
  iptablesDrop(node);
  const ping = () => run(pod, 'ping', '-c1', '-W1', '192.168.7.2');
  t.throws(ping, 'before');
  await reconcileFirewall(createNft(node.path), wish);
  t.match(ping(), / 0% packet loss/);
});
