// Links are made, read, changed, moved and deleted.
import t from 'tap';
import {
  addAddress,
  addAlternativeName,
  createBridge,
  createVeth,
  createVxlan,
  deleteLink,
  deleteLinkGroup,
  getLink,
  listAddresses,
  listLinks,
  openNetns,
  openSocket,
  setLink,
} from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

const MAC = '02:00:00:00:00:01';

t.test('a pair has the names, MACs and MTU that its creating message gave it', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, {
    name: 'a',
    mac: MAC,
    mtu: 1400,
    peer: { name: 'b', mac: '02:00:00:00:00:02', mtu: 1300 },
  });
  const a = getLink(socket, 'a');
  const b = getLink(socket, 'b');
  t.match(a, { kind: 'veth', mac: MAC, mtu: 1400, up: false, peer: b?.index });
  t.match(b, { kind: 'veth', mac: '02:00:00:00:00:02', mtu: 1300, peer: a?.index });
  t.end();
});

t.test("a pair's other end is put straight into another namespace", t => {
  const here = scratchNetns(t);
  const there = scratchNetns(t);
  using netns = openNetns(there.path);
  createVeth(here.socket, { name: 'a', peer: { name: 'eth0', netnsFd: netns.fd } });
  t.equal(getLink(here.socket, 'eth0'), undefined);
  const inside = getLink(there.socket, 'eth0');
  const outside = getLink(here.socket, 'a');
  t.equal(outside?.peer, inside?.index);
  t.type(outside?.peerNetnsId, 'number');
  t.end();
});

t.test('a link moves to another namespace under a new name', t => {
  const here = scratchNetns(t);
  const there = scratchNetns(t);
  using netns = openNetns(there.path);
  createVeth(here.socket, { name: 'a', peer: { name: 'b' } });
  t.throws(() => setLink(here.socket, 'b', { name: 'eth0' }), TypeError);
  setLink(here.socket, getLink(here.socket, 'b')?.index ?? 0, { netnsFd: netns.fd, name: 'eth0' });
  t.equal(getLink(here.socket, 'b'), undefined);
  t.equal(getLink(there.socket, 'eth0')?.kind, 'veth');
  t.end();
});

t.test('a VXLAN device in external mode says so', t => {
  const { socket } = scratchNetns(t);
  createVxlan(socket, {
    name: 'vx',
    port: 4789,
    external: true,
    learning: false,
    udp6ZeroCsumRx: true,
    udp6ZeroCsumTx: true,
    arp: false,
    mtu: 1450,
    mac: MAC,
  });
  t.match(getLink(socket, 'vx'), {
    kind: 'vxlan',
    mac: MAC,
    mtu: 1450,
    arp: false,
    vxlan: { port: 4789, external: true, learning: false, udp6ZeroCsumRx: true, udp6ZeroCsumTx: true },
  });
  t.end();
});

t.test('a VXLAN device with ends of its own says so, in either family', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', peer: { name: 'b' } });
  const device = getLink(socket, 'a')?.index ?? 0;
  const common = { vni: 7, port: 4790, device, ttl: 9 };
  createVxlan(socket, { name: 'four', ...common, local: '10.0.0.1', remote: '10.0.0.2' });
  createVxlan(socket, { name: 'six', ...common, vni: 8, local: 'fd00::1', remote: 'fd00::2' });
  t.match(getLink(socket, 'four')?.vxlan, { vni: 7, local: '10.0.0.1', remote: '10.0.0.2', device });
  t.match(getLink(socket, 'six')?.vxlan, { vni: 8, local: 'fd00::1', remote: 'fd00::2', device });
  t.end();
});

t.test('a link joins a bridge and leaves it', t => {
  const { socket } = scratchNetns(t);
  createBridge(socket, { name: 'br' });
  createVeth(socket, { name: 'a', peer: { name: 'b' } });
  const bridge = getLink(socket, 'br');
  t.equal(bridge?.kind, 'bridge');
  setLink(socket, 'a', { master: bridge?.index ?? 0 });
  t.equal(getLink(socket, 'a')?.master, bridge?.index);
  setLink(socket, 'a', { master: 0 });
  t.equal(getLink(socket, 'a')?.master, undefined);
  t.end();
});

t.test('every setting can be changed later, and nothing else changes', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', mtu: 1400, peer: { name: 'b' } });
  setLink(socket, 'a', { gsoMaxSize: 60_000, gsoMaxSegments: 40, groMaxSize: 50_000 });
  setLink(socket, 'a', { alias: 'the first one', mac: MAC, arp: false, up: true });
  t.match(getLink(socket, 'a'), {
    alias: 'the first one',
    mac: MAC,
    mtu: 1400,
    arp: false,
    up: true,
    gsoMaxSize: 60_000,
    gsoMaxSegments: 40,
    groMaxSize: 50_000,
  });
  setLink(socket, 'a', { arp: true });
  t.match(getLink(socket, 'a'), { arp: true, up: true });
  t.end();
});

t.test('a pair runs once both ends are up', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', up: true, peer: { name: 'b' } });
  t.match(getLink(socket, 'a'), { up: true, running: false, operational: false });
  setLink(socket, 'b', { up: true });
  t.match(getLink(socket, 'a'), { up: true, running: true });
  t.end();
});

t.test('links are listed, found by name and by index, and deleted by either', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', peer: { name: 'b' } });
  createBridge(socket, { name: 'br' });
  t.same(new Set(listLinks(socket).map(link => link.name)), new Set(['lo', 'a', 'b', 'br']));
  const bridge = getLink(socket, 'br');
  t.same(getLink(socket, bridge?.index ?? 0), bridge);
  deleteLink(socket, 'a');
  deleteLink(socket, bridge?.index ?? 0);
  t.same(
    listLinks(socket).map(link => link.name),
    ['lo'],
  );
  t.end();
});

t.test('a link that is not there is undefined, by name and by index', t => {
  const { socket } = scratchNetns(t);
  t.equal(getLink(socket, 'nowhere'), undefined);
  t.equal(getLink(socket, 4242), undefined);
  t.end();
});

t.test('a group of links goes together, and nothing else', async t => {
  const { socket, path } = scratchNetns(t);
  using deletions = openSocket({ netns: path });
  for (const name of ['a', 'b', 'c']) createVeth(socket, { name, peer: { name: `${name}-peer` } });
  for (const name of ['a', 'b']) setLink(socket, name, { group: 4711 });
  const deleted = deleteLinkGroup(deletions, 4711);
  t.ok(listLinks(socket), 'the event loop goes on meanwhile');
  await deleted;
  t.strictSame(
    listLinks(socket)
      .map(({ name }) => name)
      .sort(),
    ['c', 'c-peer', 'lo'],
  );
  await t.rejects(deleteLinkGroup(deletions, 4711), {
    code: 'ENODEV',
    message: /delete links of group 4711/,
  });
  await t.rejects(deleteLinkGroup(deletions, 0), { code: 'EPERM' }, 'every link is of group 0');
});

t.test("a pair's other end, and its addresses, are read by this namespace's number for the other", t => {
  const here = scratchNetns(t);
  const there = scratchNetns(t);
  using netns = openNetns(there.path);
  createVeth(here.socket, { name: 'a', peer: { name: 'eth0', mac: MAC, netnsFd: netns.fd } });
  const a = getLink(here.socket, 'a');
  const inside = getLink(there.socket, 'eth0');
  addAddress(there.socket, { index: inside?.index ?? 0, address: '10.1.0.2', prefixLength: 32 });
  t.match(getLink(here.socket, a?.peer ?? 0, a?.peerNetnsId), {
    name: 'eth0',
    mac: MAC,
    index: inside?.index,
  });
  t.match(listAddresses(here.socket, a?.peer, a?.peerNetnsId), [{ address: '10.1.0.2' }]);
  t.equal(getLink(here.socket, 4711, a?.peerNetnsId), undefined);
  t.end();
});

t.test('a link has further names, by which it is found', t => {
  const { socket } = scratchNetns(t);
  createBridge(socket, { name: 'a' });
  t.notOk('alternativeNames' in (getLink(socket, 'a') ?? {}));
  const names = ['b', 'x'.repeat(127)];
  for (const name of names) addAlternativeName(socket, 'a', name);
  t.strictSame([...(getLink(socket, 'a')?.alternativeNames ?? [])].sort(), names);
  t.throws(() => addAlternativeName(socket, 'a', 'x'.repeat(128)), { code: 'ERANGE' });
  t.throws(() => addAlternativeName(socket, 'a', 'b'), { code: 'EEXIST' });
  t.end();
});
