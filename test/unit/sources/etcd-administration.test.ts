// What an operator may write into etcd: each object as it will be read, under its own name.
import t from 'tap';
import { checkedObjects } from '../../../loader/sources/etcd/administration.ts';

const pod = (name: string) => ({ metadata: { name, namespace: 'shop' }, spec: { nodeName: 'n1' } });

t.test('items of a list are objects of their own, that say what they are', t => {
  const typed = checkedObjects({ apiVersion: 'v1', kind: 'PodList', items: [pod('a'), pod('b')] });
  t.strictSame(
    typed.map(({ object }) => object),
    ['a', 'b'].map(name => ({
      ...{ kind: 'Pod', namespace: 'shop', name },
      object: { apiVersion: 'v1', kind: 'Pod', ...pod(name) },
    })),
  );
  const mixed = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'v1', kind: 'Pod', ...pod('a') },
  ];
  const found = checkedObjects({ apiVersion: 'v1', kind: 'List', items: mixed });
  t.strictSame(
    found.map(({ object }) => object.object),
    mixed,
  );
  t.end();
});

t.test('what is none of them, or the node writes itself, is refused by name', t => {
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
  for (const [value, message] of [
    [configMap, /kind ConfigMap is none that Heddle reads/],
    [{ apiVersion: 'v1', kind: 'List', items: [pod('a'), configMap] }, /must have apiVersion and kind|kind/],
    [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }, /a Node is written by the node itself/],
  ] as const)
    t.throws(() => checkedObjects(value), { code: 'INVALID_REQUEST', message });
  t.end();
});
