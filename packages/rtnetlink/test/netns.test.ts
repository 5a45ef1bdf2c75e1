// Namespaces are made and named without the process ever leaving its own.
import { readlinkSync, statSync, writeFileSync } from 'node:fs';
import t from 'tap';
import {
  createNetns,
  deleteNetns,
  listLinks,
  netnsExists,
  netnsPath,
  openNetns,
  openSocket,
} from '../src/index.ts';
import { scratchName, scratchNetns } from './scratch-netns.ts';

t.test('a new namespace holds a loopback and nothing else', t => {
  const { socket } = scratchNetns(t);
  t.same(
    listLinks(socket).map(link => link.name),
    ['lo'],
  );
  t.end();
});

t.test('the process stays where it is', t => {
  const before = readlinkSync('/proc/self/ns/net');
  const { path } = scratchNetns(t);
  using socket = openSocket({ netns: path });
  t.equal(socket.netns, path);
  t.equal(readlinkSync('/proc/self/ns/net'), before);
  t.not(String(statSync(path).ino), /\d+/.exec(before)?.[0]);
  t.end();
});

t.test('a socket stays in its namespace when the name is gone', t => {
  const { name, socket } = scratchNetns(t);
  t.ok(deleteNetns(name));
  t.equal(listLinks(socket).length, 1);
  t.end();
});

t.test('an open namespace is as good as a path', t => {
  const { path } = scratchNetns(t);
  using netns = openNetns(path);
  using socket = openSocket({ netns });
  t.equal(listLinks(socket).length, 1);
  t.end();
});

t.test('a name exists from creation to deletion; deleting again says there was none', t => {
  const name = scratchName();
  t.teardown(() => deleteNetns(name));
  t.notOk(netnsExists(name));
  t.equal(createNetns(name), netnsPath(name));
  t.ok(netnsExists(name));
  t.throws(() => createNetns(name), { code: 'EEXIST' });
  t.ok(deleteNetns(name));
  t.notOk(netnsExists(name));
  t.notOk(deleteNetns(name));
  t.end();
});

t.test('a name without a namespace, as a crash leaves it, can be deleted', t => {
  const { path } = scratchNetns(t); // the directory is there
  const name = scratchName();
  writeFileSync(path.replace(/[^/]+$/, name), '');
  t.throws(() => openSocket({ netns: netnsPath(name) }), { code: 'EINVAL' });
  t.ok(deleteNetns(name));
  t.notOk(netnsExists(name));
  t.end();
});

for (const name of ['', '.', '..', 'a/b', 'a\0b']) {
  t.test(`${JSON.stringify(name)} is refused as a name`, t => {
    t.throws(() => createNetns(name), TypeError);
    t.end();
  });
}
