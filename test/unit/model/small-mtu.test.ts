import t from 'tap';
import { node, tablesOf } from './cluster.ts';

const sentence = /^the paths between nodes carry 1230 bytes of pods' packets, IPv6 needs 1280: /;

t.test('an underlay too small for IPv6 through the overlay is said', t => {
  const { problems } = tablesOf({ uplink: { mtu: 1280 } });
  t.equal(problems.filter(problem => sentence.test(problem)).length, 1);
  t.end();
});

t.test('it does not matter where pods have no IPv6, or nothing is encapsulated', t => {
  const nodes = [node('a', { cidrs: ['10.1.0.0/24'], internal: ['192.0.2.1'] })];
  t.strictSame(tablesOf({ nodes, uplink: { mtu: 1280 } }).problems, []);
  const { problems } = tablesOf({ uplink: { mtu: 1280 }, settings: { encapsulation: 'never' } });
  t.notOk(problems.some(problem => problem.includes('1280')));
  t.strictSame(tablesOf({ uplink: { mtu: 1330 } }).problems, []);
  t.end();
});
