// Addresses are given to links, listed and taken away.
import t from 'tap';
import { addAddress, createVeth, deleteAddress, getLink, listAddresses, listRoutes } from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

function withPair(t: Parameters<typeof scratchNetns>[0]) {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', up: true, peer: { name: 'b' } });
  return { socket, index: getLink(socket, 'a')?.index ?? 0 };
}

t.test('addresses of both families are read back as they were given', t => {
  const { socket, index } = withPair(t);
  addAddress(socket, { index, address: '10.0.0.1', prefixLength: 24 });
  addAddress(socket, { index, address: 'fd00::1', prefixLength: 64 });
  const found = listAddresses(socket, index).filter(one => one.scope === 'global');
  t.match(found, [
    { index, family: 'ipv4', address: '10.0.0.1', prefixLength: 24 },
    { index, family: 'ipv6', address: 'fd00::1', prefixLength: 64 },
  ]);
  t.end();
});

t.test('without duplicate address detection an address is usable at once', t => {
  const { socket, index } = withPair(t);
  addAddress(socket, { index, address: 'fd00::1', prefixLength: 128, noDad: true });
  addAddress(socket, { index, address: 'fd00::2', prefixLength: 128 });
  const byAddress = new Map(listAddresses(socket, index).map(one => [one.address, one]));
  t.match(byAddress.get('fd00::1'), { noDad: true, tentative: false, duplicate: false });
  t.match(byAddress.get('fd00::2'), { noDad: false, tentative: true });
  t.end();
});

t.test('an address may leave the routes alone', t => {
  const { socket, index } = withPair(t);
  addAddress(socket, { index, address: '10.0.0.1', prefixLength: 24, noPrefixRoute: true });
  t.same(listRoutes(socket, { family: 'ipv4' }), []);
  t.equal(listAddresses(socket, index).find(one => one.family === 'ipv4')?.noPrefixRoute, true);
  addAddress(socket, { index, address: '10.0.1.1', prefixLength: 24 });
  t.match(listRoutes(socket, { family: 'ipv4' }), [
    { destination: { address: '10.0.1.0', prefixLength: 24 } },
  ]);
  t.end();
});

t.test('an address is deleted, and the same one twice is an error', t => {
  const { socket, index } = withPair(t);
  const address = { index, address: '10.0.0.1', prefixLength: 24 };
  addAddress(socket, address);
  t.throws(() => addAddress(socket, address), { code: 'EEXIST' });
  deleteAddress(socket, address);
  t.same(
    listAddresses(socket, index).filter(one => one.family === 'ipv4'),
    [],
  );
  t.throws(() => deleteAddress(socket, address), { code: 'EADDRNOTAVAIL' });
  t.end();
});

t.test('without a link all addresses are listed', t => {
  const { socket, index } = withPair(t);
  addAddress(socket, { index, address: '10.0.0.1', prefixLength: 24 });
  const found = listAddresses(socket).map(one => one.address);
  t.ok(found.includes('127.0.0.1'));
  t.ok(found.includes('10.0.0.1'));
  t.end();
});
