// Whether the kernel has vxlan is found out by a device: what is left of it, or in its way, is no obstacle.
import t from 'tap';
import { createVeth, createVxlan, getLink } from 'rtnetlink';
import { kernelHasVxlan } from '../../../loader/network/kernel-vxlan.ts';
import { scratchNode, type ScratchNode } from './scratch-node.ts';

const PROBE = 'hdprobe0';

const cases: Readonly<Record<string, (node: ScratchNode) => void>> = {
  'nothing is there': () => undefined,
  'a probe that was killed has left its device': ({ socket }) =>
    createVxlan(socket, { name: PROBE, external: true, port: 1 }),
  "somebody's device has the port": ({ socket }) =>
    createVxlan(socket, { name: 'theirs', external: true, port: 1 }),
};

for (const [what, prepare] of Object.entries(cases))
  t.test(what, t => {
    const node = scratchNode(t);
    prepare(node);
    t.equal(kernelHasVxlan(node.socket), true);
    t.equal(kernelHasVxlan(node.socket), true, 'again');
    t.notOk(getLink(node.socket, PROBE), 'nothing stays');
    t.equal(getLink(node.socket, 'theirs') !== undefined, what.startsWith('somebody'));
    t.end();
  });

t.test('a device of another kind has the name: nothing is known, and it stays', t => {
  const { socket } = scratchNode(t);
  createVeth(socket, { name: PROBE, peer: { name: 'peer' } });
  t.throws(() => kernelHasVxlan(socket), { code: 'EEXIST' });
  t.ok(getLink(socket, PROBE));
  t.end();
});
