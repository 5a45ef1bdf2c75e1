// Pods' interfaces go away in the time of one, however many, and the event loop goes on.
import { createVeth, getLink, listLinks } from 'rtnetlink';
import t, { type Test } from 'tap';
import { PodRemoval } from '../../../loader/network/pod-removal.ts';
import { scratchNode, type ScratchNode } from './scratch-node.ts';

interface Node extends ScratchNode {
  readonly removal: PodRemoval;
  /** Deletions that the kernel was asked for. */
  readonly rounds: () => number;
}

function nodeWith(t: Test, names: readonly string[]): Node {
  const node = scratchNode(t);
  let rounds = 0;
  const around = (deletion: () => Promise<void>): Promise<void> => {
    rounds++;
    return deletion();
  };
  const removal = new PodRemoval({ socket: node.socket, around });
  t.teardown(() => removal[Symbol.dispose]());
  for (const name of names) createVeth(node.socket, { name, peer: { name: `${name}-pod` } });
  return { ...node, removal, rounds: () => rounds };
}

t.test('those that are asked for at once go at once, and no other', async t => {
  const names = Array.from({ length: 20 }, (_, i) => `hd${i}`);
  const node = nodeWith(t, [...names, 'other']);
  await Promise.all(names.map(name => node.removal.remove(name)));
  const left = listLinks(node.socket).map(({ name }) => name);
  t.strictSame(left.sort(), ['lo', 'other', 'other-pod']);
  t.equal(node.rounds(), 1);
});

t.test('those that come meanwhile go together after that', async t => {
  const node = nodeWith(t, ['hd1', 'hd2', 'hd3']);
  const first = node.removal.remove('hd1');
  await new Promise(resolve => setImmediate(resolve));
  const others = ['hd2', 'hd3'].map(name => node.removal.remove(name));
  t.ok(getLink(node.socket, 'hd2'), 'the event loop is free');
  await Promise.all([first, ...others]);
  t.equal(getLink(node.socket, 'hd3'), undefined);
  t.equal(node.rounds(), 2);
});

t.test('one that is gone already is no failure, alone or among others', async t => {
  const node = nodeWith(t, ['hd1']);
  await node.removal.remove('nowhere');
  t.equal(node.rounds(), 0);
  await Promise.all(['nowhere', 'hd1'].map(name => node.removal.remove(name)));
  t.equal(getLink(node.socket, 'hd1'), undefined);
});

t.test('a failure is told to all who wait, and the next is tried', async t => {
  const node = scratchNode(t);
  let isBroken = true;
  const around = (deletion: () => Promise<void>): Promise<void> =>
    isBroken ? Promise.reject(new Error('no room')) : deletion();
  const removal = new PodRemoval({ socket: node.socket, around });
  t.teardown(() => removal[Symbol.dispose]());
  for (const name of ['hd1', 'hd2']) createVeth(node.socket, { name, peer: { name: `${name}-pod` } });
  const outcomes = await Promise.allSettled(['hd1', 'hd2'].map(name => removal.remove(name)));
  t.strictSame(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  isBroken = false;
  await removal.remove('hd1');
  t.equal(getLink(node.socket, 'hd1'), undefined);
});

t.test('one that the kernel does not delete keeps no other', async t => {
  const node = nodeWith(t, ['hd1', 'hd2']);
  const outcomes = await Promise.allSettled(['hd1', 'lo', 'hd2'].map(name => node.removal.remove(name)));
  t.strictSame(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  t.strictSame(
    listLinks(node.socket).map(({ name }) => name),
    ['lo'],
  );
});
