// Neighbour entries are set, replaced, listed and deleted.
import t from 'tap';
import { createVeth, deleteNeighbour, getLink, listNeighbours, replaceNeighbour } from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

const FIRST = '02:00:00:00:00:01';
const SECOND = '02:00:00:00:00:02';

for (const address of ['10.0.0.1', 'fd00::1']) {
  t.test(`the MAC of ${address} is permanent, can be replaced and taken away`, t => {
    const { socket } = scratchNetns(t);
    createVeth(socket, { name: 'a', up: true, peer: { name: 'b' } });
    const index = getLink(socket, 'a')?.index ?? 0;
    const found = () => listNeighbours(socket, index).filter(entry => entry.address === address);
    replaceNeighbour(socket, { index, address, mac: FIRST });
    t.same(found(), [{ index, address, mac: FIRST, state: 'permanent' }]);
    replaceNeighbour(socket, { index, address, mac: SECOND, state: 'stale' });
    t.same(found(), [{ index, address, mac: SECOND, state: 'stale' }]);
    deleteNeighbour(socket, { index, address });
    t.same(
      found().filter(entry => entry.state !== 'failed'),
      [],
    );
    t.end();
  });
}

t.test('entries are listed of one link or of all', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', up: true, peer: { name: 'b', mac: FIRST } });
  const index = getLink(socket, 'a')?.index ?? 0;
  const other = getLink(socket, 'b')?.index ?? 0;
  replaceNeighbour(socket, { index, address: '10.0.0.1', mac: FIRST });
  t.same(
    listNeighbours(socket, other).filter(entry => entry.state === 'permanent'),
    [],
  );
  t.equal(listNeighbours(socket).filter(entry => entry.state === 'permanent').length, 1);
  t.end();
});
