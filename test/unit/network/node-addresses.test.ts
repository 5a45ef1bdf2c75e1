// Which announced addresses are of use: on a device that is up, not Heddle's own, past duplicate address detection.
import { type Addr, parseAddr } from 'ip';
import t from 'tap';
import { explainUnusable } from '../../../loader/network/node-addresses.ts';
import type { InterfaceAddress, Link } from 'rtnetlink';
import { address, link } from './kernel-state.ts';

const ADDR = parseAddr('192.0.2.1');
const V6 = parseAddr('2001:db8::1');

function reasonFor(addr: Addr, links: readonly Partial<Link>[], more: Partial<InterfaceAddress> = {}) {
  const state = {
    links: links.map((one, i) => link({ index: i + 1, ...one })),
    addresses: links.map((_, i) => address(`${addr}/24`, { index: i + 1, ...more })),
  };
  return explainUnusable([addr], state).get(addr);
}

t.test('what takes packets in', t => {
  t.equal(reasonFor(ADDR, [{ name: 'eth0' }]), undefined);
  t.equal(reasonFor(ADDR, [{ name: 'lo', loopback: true }]), undefined, 'as BGP speakers have it');
  t.equal(reasonFor(ADDR, [{ name: 'dummy0', kind: 'dummy' }]), undefined);
  t.equal(reasonFor(ADDR, [{ name: 'eth1', up: false }, { name: 'eth0' }]), undefined, 'one of two');
  t.end();
});

t.test('what does not', t => {
  t.equal(reasonFor(ADDR, []), 'is on no device of this node');
  t.equal(reasonFor(ADDR, [{ name: 'eth0', up: false }]), 'is on eth0, which is down');
  t.match(reasonFor(ADDR, [{ name: 'hd1', alias: 'heddle:pod a/b' }]), /a device of Heddle/);
  t.match(reasonFor(V6, [{ name: 'eth0' }], { tentative: true }), /detection has not ended/);
  t.match(reasonFor(V6, [{ name: 'eth0' }], { tentative: true, duplicate: true }), /another machine has it/);
  t.end();
});
