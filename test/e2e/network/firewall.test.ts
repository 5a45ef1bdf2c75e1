// A firewall that drops what it does not know lets pods' traffic through, and keeps everything of its own.
import { parseCidr } from 'ip';
import t, { type Test } from 'tap';
import { addAddress, createVeth, openNetns, setLink, writeSysctl } from 'rtnetlink';
import { reconcileFirewall, removeFirewallRules } from '../../../loader/network/firewall.ts';
import type { Change } from '../../../loader/model/change.ts';
import { createNft } from '../../../loader/network/nft.ts';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { NFT, putNft } from './other-nft.ts';
import { linkOf, podIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

const wish = { ownCidrs: ['10.1.0.0/24', 'fd00:1::/64'].map(parseCidr) };

async function changesOf(...[nft, desired]: Parameters<typeof reconcileFirewall>): Promise<readonly Change[]> {
  return (await reconcileFirewall(nft, desired)).changes;
}

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
  t.same(await changesOf(nft, wish), [
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
  t.same(await changesOf(nft, wish), []);
});

t.test('rules come back when they are flushed, and change with the prefixes', async t => {
  const node = scratchNode(t);
  const nft = createNft(node.path);
  iptablesDrop(node);
  await reconcileFirewall(nft, wish);
  const before = ruleset(node);
  run(node, 'iptables', '-D', 'FORWARD', '1');
  t.equal((await changesOf(nft, wish)).length, 1);
  t.equal(ruleset(node), before);
  const other = { ownCidrs: [parseCidr('10.9.0.0/24')] };
  t.equal((await changesOf(nft, other)).length, 1);
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
    const changes = await changesOf(nft, wish);
    t.same(
      new Set(changes.map(({ subject }) => subject)),
      new Set(['nftables chain inet t_forward_drop c', 'nftables chain ip6 t_forward_drop c']),
    );
    t.same(await changesOf(nft, wish), []);
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
  t.match(await changesOf(nft, wish), [{ action: "removed Heddle's rules" }]);
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

/** Chains of two tables, and an nft that cannot list the first of them. */
function unreadable(t: Test, policy: 'accept' | 'drop'): ScratchNode {
  const node = scratchNode(t);
  const chain = (table: string, chainPolicy: string): string =>
    `table ip ${table} { chain c { type filter hook forward priority 0; policy ${chainPolicy}; }; }`;
  run(node, 'nft', `${chain('foreign', policy)}; ${chain('other', 'drop')}`);
  const refusal = 'echo "Error: Could not process rule: Operation not supported" >&2; exit 1';
  putNft(t, `case "$*" in *"list chain ip foreign"*) ${refusal};; esac\nexec ${NFT} "$@"`);
  return node;
}

t.test('a chain that cannot be read is a problem where it drops nothing, and the others are seen to', async t => {
  const node = unreadable(t, 'accept');
  const { changes, problems } = await reconcileFirewall(createNft(node.path), wish);
  t.match(changes, [{ subject: 'nftables chain ip other c' }]);
  t.match(problems, [/^the nftables chain ip foreign c cannot be read or changed; .*not supported/]);
});

t.test('one that drops is a failure, after the others were seen to', async t => {
  const node = unreadable(t, 'drop');
  await t.rejects(reconcileFirewall(createNft(node.path), wish), {
    message: /^the nftables chain ip foreign c cannot be read or changed, and it drops pods' packets: /,
  });
  t.match(run(node, NFT, 'list', 'chain', 'ip', 'other', 'c'), /heddle0/);
});

t.test('a pod CIDR of one address is read back as it was written', async t => {
  const node = scratchNode(t);
  const nft = createNft(node.path);
  iptablesDrop(node);
  const single = { ownCidrs: [parseCidr('10.1.0.7/32')] };
  t.equal((await changesOf(nft, single)).length, 1);
  t.same(await changesOf(nft, single), []);
});
