// Whatever holds an fd gives it back, once, however often it is asked to.
import { readdirSync } from 'node:fs';
import t from 'tap';
import {
  createNetns,
  createVeth,
  deleteNetns,
  listLinks,
  monitor,
  openNetns,
  openSocket,
  readSysctl,
  writeSysctl,
} from '../src/index.ts';
import { scratchName, scratchNetns } from './scratch-netns.ts';

function openFds(): number {
  return readdirSync('/proc/self/fd').length;
}

t.test('a hundred rounds of everything leave as many fds open as before', async t => {
  const { path } = scratchNetns(t);
  round(path);
  await closed();
  const before = openFds();
  for (let i = 0; i < 100; i++) round(path);
  await closed();
  t.equal(openFds(), before);
});

t.test('what fails leaves no fd behind either', t => {
  const { path } = scratchNetns(t);
  const before = openFds();
  for (let i = 0; i < 20; i++) {
    t.throws(() => openSocket({ netns: '/etc/hostname' }));
    t.throws(() => openNetns('/run/netns/no-such-one'));
    t.throws(() => readSysctl('net.ipv4.no_such_thing', { netns: path }));
    t.throws(() => createNetns(path.slice(path.lastIndexOf('/') + 1)));
    t.throws(() => monitor({ groups: ['link'], netns: '/etc/hostname' }, () => undefined));
  }
  t.equal(openFds(), before);
  t.end();
});

t.test('disposing twice does nothing, and does not close what took the number', t => {
  const { path } = scratchNetns(t);
  const socket = openSocket({ netns: path });
  const netns = openNetns(path);
  socket[Symbol.dispose]();
  netns[Symbol.dispose]();
  using successor = openSocket({ netns: path });
  socket[Symbol.dispose]();
  netns[Symbol.dispose]();
  t.equal(listLinks(successor).length, 1);
  t.throws(() => listLinks(socket), { code: 'EBADF' });
  t.end();
});

function round(path: string): void {
  using socket = openSocket({ netns: path });
  using netns = openNetns(path);
  const watching = monitor({ groups: ['link'], netns }, () => undefined);
  listLinks(socket);
  readSysctl('net.ipv4.ip_forward', { netns });
  writeSysctl('net.ipv4.ip_forward', 1, { netns });
  watching[Symbol.dispose]();
  const name = scratchName();
  using inner = openSocket({ netns: createNetns(name) });
  createVeth(inner, { name: 'a', peer: { name: 'b' } });
  deleteNetns(name);
}

/** libuv lets go of a watch in the next turn of the loop. */
function closed(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 10));
}
