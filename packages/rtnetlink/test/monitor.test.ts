// Changes arrive on the event loop, in order, until nobody listens any more.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import {
  addAddress,
  addRoute,
  createVeth,
  deleteLink,
  getLink,
  monitor,
  type MonitorEvent,
  type MonitorGroup,
  monitorNftables,
  type NftablesChange,
  replaceNeighbour,
} from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

const ALL: MonitorGroup[] = ['link', 'neighbour', 'ipv4Address', 'ipv4Route', 'ipv6Address', 'ipv6Route'];

async function until(isTrue: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isTrue() && waitedMs < 60_000; waitedMs += 5) await sleep(5);
}

t.test('links, addresses, routes and neighbours are announced as they come', async t => {
  const { socket, path: netns } = scratchNetns(t);
  const events: MonitorEvent[] = [];
  using watching = monitor({ groups: ALL, netns }, event => events.push(event));
  t.ok(watching);
  createVeth(socket, { name: 'a', up: true, peer: { name: 'b' } });
  const index = getLink(socket, 'a')?.index ?? 0;
  addAddress(socket, { index, address: '10.0.0.1', prefixLength: 24 });
  addRoute(socket, { destination: { address: '10.9.0.0', prefixLength: 16 }, index, via: '10.0.0.2' });
  replaceNeighbour(socket, { index, address: '10.0.0.2', mac: '02:00:00:00:00:02' });
  deleteLink(socket, 'a');

  const isDeletion = (event: MonitorEvent) =>
    event.kind === 'link' && event.action === 'delete' && event.link.name === 'a';
  await until(() => events.some(isDeletion));
  t.ok(events.some(event => event.kind === 'link' && event.action === 'new' && event.link.name === 'a'));
  t.ok(events.some(event => event.kind === 'address' && event.address.address === '10.0.0.1'));
  t.ok(events.some(event => event.kind === 'route' && event.route.destination.address === '10.9.0.0'));
  t.ok(events.some(event => event.kind === 'neighbour' && event.neighbour.mac === '02:00:00:00:00:02'));
  t.ok(events.some(isDeletion));
});

t.test('groups that were not asked for are not heard', async t => {
  const { socket, path: netns } = scratchNetns(t);
  const kinds = new Set<string>();
  using watching = monitor({ groups: ['ipv4Address'], netns }, event => kinds.add(event.kind));
  t.ok(watching);
  addAddress(socket, { index: 1, address: '10.0.0.1', prefixLength: 32 });
  await until(() => kinds.size > 0);
  t.same(kinds, new Set(['address']));
});

t.test('after disposal nothing is heard, also from inside the listener', async t => {
  const { socket, path: netns } = scratchNetns(t);
  let heard = 0;
  const watching = monitor({ groups: ['link'], netns }, () => {
    heard++;
    watching[Symbol.dispose]();
  });
  createVeth(socket, { name: 'a', peer: { name: 'b' } });
  await until(() => heard > 0);
  createVeth(socket, { name: 'c', peer: { name: 'd' } });
  await sleep(20);
  t.equal(heard, 1);
  watching[Symbol.dispose]();
});

t.test('more changes than the buffer holds end in one word about it', async t => {
  const { socket, path: netns } = scratchNetns(t);
  const events: MonitorEvent[] = [];
  using watching = monitor({ groups: ['ipv4Route'], netns, receiveBufferBytes: 4096 }, event =>
    events.push(event),
  );
  t.ok(watching);
  const batch = socket.batch();
  for (let i = 0; i < 500; i++)
    addRoute(batch, {
      destination: { address: `10.9.${i >> 8}.${i & 255}`, prefixLength: 32 },
      type: 'unreachable',
    });
  batch.commit();
  await until(() => events.some(event => event.kind === 'overrun'));
  t.ok(events.some(event => event.kind === 'overrun'));
});

t.test('changes can be gathered: all of them are told, later and at once', async t => {
  const { socket, path: netns } = scratchNetns(t);
  const events: MonitorEvent[] = [];
  const gatherMs = 60;
  const start = performance.now();
  let firstMs = 0;
  using watching = monitor({ groups: ['link'], netns, gatherMs }, event => {
    firstMs ||= performance.now() - start;
    events.push(event);
  });
  t.ok(watching);
  const names = ['a', 'b', 'c'];
  for (const name of names) {
    createVeth(socket, { name, peer: { name: `${name}1` } });
    await sleep(5);
  }
  await until(() => events.length >= 6);
  t.ok(firstMs >= gatherMs - 1, `${firstMs} ms`);
  const told = new Set(events.flatMap(event => (event.kind === 'link' ? [event.link.name] : [])));
  t.ok(names.every(name => told.has(name)));
  events.length = 0;
  deleteLink(socket, 'a');
  await until(() => events.some(event => event.kind === 'link' && event.action === 'delete'));
  t.ok(events.length > 0, 'it goes on after that');
});

t.test('a backlog of many turns of the event loop is gathered once', async t => {
  const { socket, path: netns } = scratchNetns(t);
  const [changes, gatherMs, turns] = [4_000, 2_000, 16];
  let told = 0;
  using watching = monitor({ groups: ['ipv4Route'], netns, gatherMs }, () => told++);
  t.ok(watching);
  const batch = socket.batch();
  for (let i = 0; i < changes; i++)
    addRoute(batch, {
      destination: { address: `10.9.${i >> 8}.${i & 255}`, prefixLength: 32 },
      type: 'unreachable',
    });
  const start = performance.now();
  batch.commit();
  await until(() => told >= changes);
  const tookMs = performance.now() - start;
  t.ok(tookMs < (gatherMs * turns) / 2, `${told} of ${changes} after ${tookMs} ms`);
});

t.test('nftables: which table and chain, and whether it is at a hook', async t => {
  const { path: netns } = scratchNetns(t);
  const changes: (NftablesChange | undefined)[] = [];
  using watching = monitorNftables({ netns }, change => changes.push(change));
  t.ok(watching);
  const nft = (command: string): Buffer => execFileSync('nsenter', [`--net=${netns}`, 'nft', command]);
  nft('add table ip a');
  nft('add chain ip a at-hook { type filter hook forward priority 0; policy drop; }');
  nft('add chain ip a plain');
  nft('add rule ip a plain counter');
  nft('add set ip a s { type ipv4_addr; }');
  nft('add element ip a s { 10.0.0.1 }');
  nft('delete chain ip a at-hook');
  nft('delete table ip a');
  nft('add table inet last');
  await until(() => changes.some(change => change?.table === 'last'));
  const told = changes.map(change => {
    const { kind, family, table, chain, isBase } = change ?? { kind: 'overrun' };
    return [kind, family, table, chain, ...(isBase === true ? ['base'] : [])].filter(Boolean).join(' ');
  });
  t.strictSame(told.slice(0, 7), [
    'table ip a',
    'chain ip a at-hook base',
    'chain ip a plain',
    'rule ip a plain',
    'other ip a',
    'other ip a',
    'chain ip a at-hook',
  ]);
  t.ok(told.includes('table ip a', 7), 'the deletion of the table');
  t.equal(told.at(-1), 'table inet last');
});
