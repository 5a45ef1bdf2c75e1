import t from 'tap';
import { peerName } from '../../../loader/network/overlay-link.ts';

const NAMES = [
  'heddle0',
  'p',
  'heddle0p',
  'fourteen-lettp',
  'fifteen-letterp',
  'fifteen-letterq',
  'fifteen-letters',
];

t.test('the other end of the overlay device has a name of its own, as long as a name may be', t => {
  for (const name of NAMES) {
    const peer = peerName(name);
    t.not(peer, name);
    t.ok(peer.length <= 15, peer);
    t.equal(peer.slice(0, -1), name.slice(0, 14), 'which says whose end it is');
  }
  t.end();
});
