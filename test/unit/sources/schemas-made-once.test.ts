// A schema is compiled when it is first used: made anew for each object, it costs a millisecond each, and a list has 100,000.
import t from 'tap';
import { readObject } from '../../../loader/sources/objects/read-object.ts';

const spec = { nodeName: 'n1', containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] };
const OBJECTS: readonly object[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.1.0.0/24'] } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'closed', namespace: 'shop' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }], from: [{ podSelector: {} }] }] },
  },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'odd', namespace: 'shop' }, spec: { nodeName: 7 } },
];

/** How many functions are compiled from text meanwhile. */
function compiledBy(action: () => void): number {
  const { Function: compiler } = globalThis;
  let count = 0;
  globalThis.Function = new Proxy(compiler, {
    construct(target, args: string[]) {
      count++;
      return Reflect.construct(target, args);
    },
  });
  try {
    action();
  } finally {
    globalThis.Function = compiler;
  }
  return count;
}

t.test('the first object of a kind compiles schemas, the next ones do not', t => {
  const readAll = (): void => {
    for (const object of OBJECTS) readObject(object);
  };
  t.ok(compiledBy(readAll) > 0, 'what is compiled is counted');
  t.equal(compiledBy(readAll), 0);
  t.end();
});
