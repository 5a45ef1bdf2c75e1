// What cannot be removed keeps nothing else from going, and keeps Heddle away only where it is in its way.
import t from 'tap';
import { type Remain, removeEach } from '../../../loader/network/remain.ts';

function remain(subject: string, isInTheWay: boolean, isHeld: boolean): Remain {
  const remove = (): void => {
    if (isHeld) throw new Error('busy');
  };
  return { subject, what: 'x', ...(isInTheWay && { isInTheWay }), remove };
}

for (const [what, held, isBlocked] of [
  ['a device', 'cni0', true],
  ['a file', 'subnet.env', false],
  ['nothing', '', false],
] as const)
  t.test(`${what} stays`, async t => {
    const devices = ['cni0', 'flannel.1'].map(name => remain(name, true, name === held));
    const files = ['subnet.env', 'cbr0'].map(name => remain(name, false, name === held));
    const { lines, isBlocked: is } = await removeEach([...devices, ...files]);
    t.equal(is, isBlocked);
    t.strictSame(
      lines,
      ['cni0', 'flannel.1', 'subnet.env', 'cbr0'].map(name =>
        name === held ? `${name}: stays: busy` : `${name}: removed (x)`,
      ),
    );
  });
