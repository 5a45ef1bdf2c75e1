// The masquerade is written once, read back as equal, and does what it says to real packets.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { addAddress, addRoute, createVeth, openNetns, setLink, writeSysctl } from 'rtnetlink';
import {
  type Masquerade,
  reconcileMasquerade,
  removeMasquerade,
} from '../../../loader/network/masquerade.ts';
import { createNft } from '../../../loader/network/nft.ts';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { NFT, putNft } from './other-nft.ts';
import { linkOf, podIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

const wish: Masquerade = {
  uplinks: ['up0'],
  ownCidrs: ['10.1.0.0/24', 'fd00:1::/64'].map(parseCidr),
  clusterCidrs: ['10.1.0.0/24', '10.2.0.0/24', 'fd00:1::/64', 'fd00:2::/64'].map(parseCidr),
  vxlanPort: 4789,
};

t.test('the table is written once, and equal ones are left alone', async t => {
  const nft = createNft(scratchNode(t).path);
  const subject = 'nftables table heddle';
  t.same(await reconcileMasquerade(nft, wish), [{ subject, action: 'created' }]);
  t.same(await reconcileMasquerade(nft, wish), []);
  const reordered = { ...wish, clusterCidrs: wish.clusterCidrs.toReversed() };
  t.same(await reconcileMasquerade(nft, reordered), [], 'the order of prefixes does not matter');
});

t.test('a change of any part writes the table anew, and so does a stranger in it', async t => {
  const node = scratchNode(t);
  const nft = createNft(node.path);
  await reconcileMasquerade(nft, wish);
  const variants: Masquerade[] = [
    { ...wish, uplinks: ['up1'] },
    { ...wish, vxlanPort: 8472 },
    { ...wish, clusterCidrs: [...wish.clusterCidrs, parseCidr('10.3.0.0/24')] },
    { ...wish, ownCidrs: [parseCidr('10.1.0.0/24')] },
    wish,
  ];
  for (const variant of variants) {
    t.match(await reconcileMasquerade(nft, variant), [{ action: 'written anew' }]);
    t.same(await reconcileMasquerade(nft, variant), []);
  }
  run(node, 'nft', 'add', 'rule', 'inet', 'heddle', 'postrouting', 'accept');
  t.match(await reconcileMasquerade(nft, wish), [{ action: 'written anew' }]);
});

/** What a small container image lacks, and what names there are with other contents. */
const DATABASES: Readonly<Record<string, string>> = {
  'without /etc/protocols and /etc/services': '',
  'with other names in them': 'datagram 17 UDP\\n',
};
for (const [title, content] of Object.entries(DATABASES))
  t.test(`the table is read back as equal ${title}`, async t => {
    const nft = createNft(scratchNode(t).path);
    t.equal((await reconcileMasquerade(nft, wish)).length, 1);
    const hidden = ['protocols', 'services'].map(name => `mount --bind "$TMPFILE" /etc/${name}`);
    const script = `TMPFILE=$(mktemp); printf '${content}' > "$TMPFILE"; export TMPFILE
exec unshare -m sh -c '${hidden.join(' && ')} && rm "$TMPFILE" && exec ${NFT} "$@"' sh "$@"`;
    putNft(t, script);
    t.same(await reconcileMasquerade(nft, wish), []);
    t.same(await reconcileMasquerade(nft, { ...wish, vxlanPort: 8472 }), [
      { subject: 'nftables table heddle', action: 'written anew: its rules differed' },
    ]);
    t.same(await reconcileMasquerade(nft, { ...wish, vxlanPort: 8472 }), []);
  });

t.test('adjacent prefixes are read back as equal', async t => {
  const nft = createNft(scratchNode(t).path);
  const clusterCidrs = ['10.0.0.0/25', '10.0.0.128/25', '10.0.1.0/24', '255.255.255.0/24'].map(parseCidr);
  t.equal((await reconcileMasquerade(nft, { ...wish, clusterCidrs })).length, 1);
  t.same(await reconcileMasquerade(nft, { ...wish, clusterCidrs }), []);
});

t.test('a prefix inside another one, and one of a single address, are no trouble', async t => {
  const nft = createNft(scratchNode(t).path);
  const clusterCidrs = ['10.0.0.0/8', '10.1.0.0/24', '192.0.2.1/32', 'fd00::/16', '2001:db8::1/128'].map(
    parseCidr,
  );
  t.equal((await reconcileMasquerade(nft, { ...wish, clusterCidrs })).length, 1);
  t.same(await reconcileMasquerade(nft, { ...wish, clusterCidrs }), []);
});

t.test('a cluster of thousands of prefixes fits', async t => {
  const nft = createNft(scratchNode(t).path);
  const clusterCidrs = Array.from({ length: 5000 }, (_, i) => parseCidr(`10.${i >> 8}.${i & 255}.0/24`));
  t.equal((await reconcileMasquerade(nft, { ...wish, clusterCidrs })).length, 1);
  t.same(await reconcileMasquerade(nft, { ...wish, clusterCidrs }), []);
});

t.test('other tables stay, also when ours is removed', async t => {
  const node = scratchNode(t);
  const nft = createNft(node.path);
  run(node, 'nft', 'add', 'table', 'inet', 'mine');
  await reconcileMasquerade(nft, wish);
  t.equal((await removeMasquerade(nft)).length, 1);
  t.same(await removeMasquerade(nft), []);
  t.match(run(node, 'nft', 'list', 'tables'), /^table inet mine\n$/);
});

t.test("what nft refuses is said in nft's words", async t => {
  const nft = createNft(scratchNode(t).path);
  await t.rejects(nft.apply([{ add: { chain: { family: 'inet', table: 'none', name: 'x' } } }]), {
    code: 'IO',
    message: /^nft refused a change: /,
  });
  t.equal(await nft.list('table', 'inet', 'none'), undefined);
});

/** A node with a pod, and a host outside that answers every datagram with the source it saw. */
function withOutside(t: Parameters<typeof scratchNode>[0]) {
  const node = scratchNode(t);
  const outside = scratchNode(t);
  const pod = scratchNode(t);
  using netns = openNetns(outside.path);
  createVeth(node.socket, { name: 'up0', up: true, peer: { name: 'eth0', netnsFd: netns.fd } });
  setLink(outside.socket, 'eth0', { up: true });
  const near = linkOf(node, 'up0').index;
  const far = linkOf(outside, 'eth0').index;
  for (const [on, index, host] of [
    [node, near, 1],
    [outside, far, 2],
  ] as const) {
    addAddress(on.socket, { index, address: `192.168.7.${host}`, prefixLength: 24 });
    addAddress(on.socket, { index, address: `fd07::${host}`, prefixLength: 64, noDad: true });
  }
  // The outside stands for another node, too: it can answer pods by their own addresses.
  addRoute(outside.socket, {
    destination: { address: '10.1.0.0', prefixLength: 24 },
    via: '192.168.7.1',
    index: far,
  });
  addAddress(outside.socket, { index: far, address: '10.2.0.9', prefixLength: 32 });
  addRoute(node.socket, {
    destination: { address: '10.2.0.0', prefixLength: 24 },
    via: '192.168.7.2',
    index: near,
  });
  writeSysctl('net.ipv4.ip_forward', 1, { netns: node.path });
  writeSysctl('net.ipv6.conf.all.forwarding', 1, { netns: node.path });
  attachPod(node.socket, podIn(pod.path), () => undefined);
  return { node, outside, pod };
}

const ECHO = `const s = require('dgram').createSocket({ type: 'udp6' });
s.on('message', (m, r) => s.send(r.address.replace('::ffff:', '') + ' ' + r.port, r.port, r.address));
s.bind(7777, () => console.log('ready'));`;

/** Sends from a source port and answers what the other side saw. */
const ASK = `const [host, port] = process.argv.slice(1);
const s = require('dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
s.on('message', m => { console.log(String(m)); s.close(); });
s.bind(Number(port), () => s.send('?', 7777, host));
setTimeout(() => process.exit(1), 3000).unref();`;

async function echo(t: Parameters<typeof scratchNode>[0], { path }: ScratchNode): Promise<void> {
  const server = spawn('nsenter', [`--net=${path}`, process.execPath, '-e', ECHO], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => server.kill('SIGKILL'));
  await once(server.stdout, 'data');
}

t.test("pods are seen outside by the node's address, and in the cluster by their own", async t => {
  const { node, outside, pod } = withOutside(t);
  await reconcileMasquerade(createNft(node.path), wish);
  await echo(t, outside);
  const ask = (host: string, port: number) =>
    run(pod, process.execPath, '-e', ASK, host, String(port)).trim();
  t.equal(ask('192.168.7.2', 40_000), '192.168.7.1 40000', 'a source port in the range is kept');
  t.equal(ask('fd07::2', 40_000), 'fd07::1 40000');
  t.equal(ask('10.2.0.9', 40_001), '10.1.0.5 40001');
});

t.test('the VXLAN port is never chosen as a source port, even if a pod uses it', async t => {
  const { node, outside, pod } = withOutside(t);
  await reconcileMasquerade(createNft(node.path), wish);
  await echo(t, outside);
  const [address, port] = run(pod, process.execPath, '-e', ASK, '192.168.7.2', '4789').trim().split(' ');
  t.equal(address, parseAddr('192.168.7.1'));
  t.ok(Number(port) > 4789, `port ${port ?? ''}`);
});
