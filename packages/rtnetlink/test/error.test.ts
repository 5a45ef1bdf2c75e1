// Errors say what was tried, on what, why not, and in the kernel's own words where it has any.
import t from 'tap';
import {
  addAddress,
  addRoute,
  createVeth,
  createVxlan,
  deleteLink,
  isRtnetlinkError,
  openSocket,
  RtnetlinkError,
  setLink,
} from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

function errorOf(act: () => void): RtnetlinkError {
  try {
    act();
  } catch (error) {
    if (error instanceof RtnetlinkError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

t.test('a name that is taken is EEXIST', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', peer: { name: 'b' } });
  const error = errorOf(() => createVeth(socket, { name: 'a', peer: { name: 'c' } }));
  t.equal(error.message, 'create veth a: EEXIST: it exists already');
  t.ok(isRtnetlinkError(error, 'ENODEV', 'EEXIST'));
  t.notOk(isRtnetlinkError(error, 'ENODEV'));
  t.end();
});

t.test("an MTU too small is refused in the kernel's own words", t => {
  const { socket } = scratchNetns(t);
  const error = errorOf(() => setLink(socket, 'lo', { mtu: -1 >>> 0 }));
  t.equal(error.code, 'EINVAL');
  t.match(error.extendedAck, /mtu/);
  t.match(error.message, /^set link lo: EINVAL: invalid argument: mtu /);
  t.end();
});

t.test("a VXLAN device that stands in another's way is refused in the kernel's own words", t => {
  const { socket } = scratchNetns(t);
  createVxlan(socket, { name: 'one', vni: 7, port: 4789 });
  const error = errorOf(() => createVxlan(socket, { name: 'two', vni: 7, port: 4789 }));
  t.equal(error.code, 'EEXIST');
  t.match(error.extendedAck, /VNI already exists/);
  t.end();
});

t.test('a link that is not there is ENODEV', t => {
  const { socket } = scratchNetns(t);
  t.match(
    errorOf(() => deleteLink(socket, 'nowhere')),
    {
      code: 'ENODEV',
      operation: 'delete link',
      subject: 'nowhere',
    },
  );
  t.end();
});

t.test('a next hop that cannot be reached is refused with a sentence', t => {
  const { socket } = scratchNetns(t);
  const route = { destination: { address: '10.9.0.0', prefixLength: 16 }, via: '192.0.2.1' };
  const error = errorOf(() => addRoute(socket, route));
  t.equal(error.code, 'ENETUNREACH');
  t.equal(error.extendedAck, 'Nexthop has invalid gateway');
  t.end();
});

t.test('an address on no link is refused', t => {
  const { socket } = scratchNetns(t);
  const error = errorOf(() => addAddress(socket, { index: 4242, address: '10.0.0.1', prefixLength: 32 }));
  t.equal(error.code, 'ENODEV');
  t.equal(error.subject, '10.0.0.1/32 on link 4242');
  t.end();
});

t.test('a namespace that is not there is ENOENT, and a file that is none is EINVAL', t => {
  t.match(
    errorOf(() => void openSocket({ netns: '/run/netns/no-such-one' })),
    { code: 'ENOENT' },
  );
  t.match(
    errorOf(() => void openSocket({ netns: '/etc/hostname' })),
    { code: 'EINVAL' },
  );
  t.end();
});

t.test('an address that is none is refused before the kernel is asked', t => {
  const { socket } = scratchNetns(t);
  t.throws(() => addAddress(socket, { index: 1, address: 'nonsense', prefixLength: 32 }), RangeError);
  t.end();
});
