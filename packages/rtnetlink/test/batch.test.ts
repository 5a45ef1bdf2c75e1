// Requests queued in a batch reach the kernel in order, in one system call, each with its own outcome.
import t from 'tap';
import { addAddress, createVeth, getLink, listAddresses, setLink } from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

t.test('nothing happens before a batch is committed, and everything after', t => {
  const { socket } = scratchNetns(t);
  const batch = socket.batch();
  createVeth(batch, { name: 'a', peer: { name: 'b' } });
  setLink(batch, 'a', { up: true });
  t.equal(getLink(socket, 'a'), undefined);
  batch.commit();
  t.equal(getLink(socket, 'a')?.up, true);
  t.end();
});

t.test('commit throws the first failure, and what follows it is done all the same', t => {
  const { socket } = scratchNetns(t);
  const batch = socket.batch();
  setLink(batch, 'nowhere', { up: true });
  setLink(batch, 'never', { up: true });
  createVeth(batch, { name: 'a', peer: { name: 'b' } });
  t.throws(() => batch.commit(), { code: 'ENODEV', subject: 'nowhere' });
  t.ok(getLink(socket, 'a'));
  t.end();
});

t.test('settle answers for each request in its place', t => {
  const { socket } = scratchNetns(t);
  const batch = socket.batch();
  setLink(batch, 'lo', { up: true });
  setLink(batch, 'nowhere', { up: true });
  setLink(batch, 'lo', { up: true });
  t.same(
    batch.settle().map(error => error?.code),
    [undefined, 'ENODEV', undefined],
  );
  t.same(batch.settle(), [], 'a settled batch is empty');
  t.end();
});

t.test('a thousand requests fit in one batch', t => {
  const { socket } = scratchNetns(t);
  const batch = socket.batch();
  for (let i = 0; i < 1000; i++) {
    const address = `10.9.${i >> 8}.${i & 255}`;
    addAddress(batch, { index: 1, address, prefixLength: 32 });
  }
  batch.commit();
  t.equal(listAddresses(socket, 1).filter(one => one.address.startsWith('10.9.')).length, 1000);
  t.end();
});
