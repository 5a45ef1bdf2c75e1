// The commands over an attacher: what is refused before it is asked, and in which order it is asked.
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { type CniCall, cniCommands } from '../../../loader/api/cni/handler.ts';
import { MemoryAttacher } from './memory-attacher.ts';

const SIGNAL = new AbortController().signal;

function call(fields: Readonly<Record<string, unknown>> = {}, variables: Partial<CniCall> = {}): CniCall {
  const config = { cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', ...fields };
  return {
    containerId: 'c1',
    netns: '/run/netns/c1',
    ifname: 'eth0',
    args: '',
    config: Buffer.from(JSON.stringify(config)),
    ...variables,
  };
}

t.test('a command that came with a later version is code 1', async t => {
  const commands = cniCommands(new MemoryAttacher());
  const tooOld = { code: 1, message: /does not exist in CNI version/ };
  await t.rejects(commands.check(call({ cniVersion: '0.3.1', prevResult: {} })), tooOld);
  await t.rejects(commands.gc(call({ cniVersion: '1.0.0', 'cni.dev/valid-attachments': [] })), tooOld);
  await t.rejects(commands.status(call({ cniVersion: '1.0.0' })), tooOld);
});

t.test('GC that lists nothing at all removes nothing', async t => {
  const attacher = new MemoryAttacher();
  const commands = cniCommands(attacher);
  await commands.add(call(), SIGNAL);
  await commands.gc(call());
  t.equal(attacher.attachments.size, 1);
});

t.test('GC keeps what is valid and what belongs to another network', async t => {
  const attacher = new MemoryAttacher();
  const commands = cniCommands(attacher);
  await commands.add(call({}, { containerId: 'stale' }), SIGNAL);
  await commands.add(call({}, { containerId: 'valid' }), SIGNAL);
  await commands.add(call({}, { containerId: 'valid', ifname: 'net1' }), SIGNAL);
  await commands.add(call({ name: 'other' }, { containerId: 'elsewhere' }), SIGNAL);
  await commands.gc(call({ 'cni.dev/valid-attachments': [{ containerID: 'valid', ifname: 'eth0' }] }));
  t.strictSame([...attacher.attachments.keys()], ['valid eth0', 'elsewhere eth0']);
});

t.test('GC waits for an ADD under way, and never takes what it is making', async t => {
  const attacher = new MemoryAttacher();
  attacher.delayMs = 30;
  const commands = cniCommands(attacher);
  const add = commands.add(call(), SIGNAL);
  await commands.gc(call({ 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }));
  t.equal(attacher.attachments.size, 1);
  await add;
});

t.test('DEL waits for the ADD of its container, whatever became of the plugin', async t => {
  const attacher = new MemoryAttacher();
  attacher.delayMs = 30;
  const commands = cniCommands(attacher);
  const add = commands.add(call(), SIGNAL);
  await commands.del(call());
  await add;
  t.equal(attacher.attachments.size, 0);
});

t.test('an ADD that nobody waits for any more leaves nothing behind', async t => {
  const attacher = new MemoryAttacher();
  attacher.delayMs = 30;
  const gone = new AbortController();
  const add = cniCommands(attacher).add(call(), gone.signal);
  await delay(5);
  gone.abort();
  await t.rejects(add, { code: 11 });
  t.equal(attacher.added.length, 1);
  t.equal(attacher.attachments.size, 0);
});

t.test('an ADD that nobody waits for when its turn comes is not begun', async t => {
  const attacher = new MemoryAttacher();
  await t.rejects(cniCommands(attacher).add(call(), AbortSignal.abort()), { code: 11 });
  t.strictSame(attacher.added, []);
});

t.test('CHECK needs prevResult, and reports kernel and record together', async t => {
  const attacher = new MemoryAttacher();
  const commands = cniCommands(attacher);
  const prevResult = await commands.add(call(), SIGNAL);
  await commands.check(call({ prevResult }));
  await t.rejects(commands.check(call()), { code: 7, message: /prevResult/ });
  attacher.problems = ['hd10 is down'];
  await t.rejects(commands.check(call({ prevResult: { ...prevResult, ips: prevResult.ips.slice(1) } })), {
    code: 101,
    details: 'hd10 is down; the container has 10.1.0.10, which prevResult does not list',
  });
});

t.test('GC of an empty list removes everything of its network', async t => {
  for (const empty of [[], null]) {
    const attacher = new MemoryAttacher();
    const commands = cniCommands(attacher);
    await commands.add(call(), SIGNAL);
    await commands.add(call({ name: 'other' }, { containerId: 'elsewhere' }), SIGNAL);
    await commands.gc(call({ 'cni.dev/valid-attachments': empty }));
    t.strictSame([...attacher.attachments.keys()], ['elsewhere eth0']);
  }
});

t.test('DEL releases what it finds, whatever else of its configuration is odd or absent', async t => {
  const odd: Record<string, unknown>[] = [
    { cniVersion: undefined },
    { cniVersion: 5 },
    { name: undefined },
    { name: '../x' },
    { type: undefined },
    { prevResult: null },
    { prevResult: 'odd' },
    { prevResult: { interfaces: [{}], ips: null } },
    { runtimeConfig: { ips: ['nonsense'], mac: 'nonsense' } },
    { runtimeConfig: null },
    { dns: 5 },
    { args: 'odd' },
    { 'cni.dev/valid-attachments': 'odd' },
  ];
  for (const fields of odd) {
    const attacher = new MemoryAttacher();
    const commands = cniCommands(attacher);
    await commands.add(call(), SIGNAL);
    await commands.del(call(fields, { netns: '', args: 'neither=key=nor;value' }));
    t.equal(attacher.attachments.size, 0, JSON.stringify(fields));
  }
});

t.test(
  'DEL of a version that is not supported, or that is not JSON, is told as the specification has it',
  async t => {
    const commands = cniCommands(new MemoryAttacher());
    await t.rejects(commands.del(call({ cniVersion: '9.9.9' })), { code: 1 });
    await t.rejects(commands.del(call({}, { config: Buffer.from('{') })), { code: 6 });
  },
);

t.test('the mac capability reaches the attacher', async t => {
  const attacher = new MemoryAttacher();
  await cniCommands(attacher).add(call({ runtimeConfig: { mac: 'C2:B0:57:49:47:F1' } }), SIGNAL);
  t.equal(attacher.added[0]?.mac, 'c2:b0:57:49:47:f1');
});

t.test('DEL tolerates a namespace that cannot be one', async t => {
  const attacher = new MemoryAttacher();
  await cniCommands(attacher).del(call({}, { netns: 'relative' }));
  t.strictSame(attacher.deleted, [{ containerId: 'c1', ifname: 'eth0' }]);
});

t.test('the ips capability and the pod reach the attacher', async t => {
  const attacher = new MemoryAttacher();
  const args = 'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web';
  await cniCommands(attacher).add(call({ runtimeConfig: { ips: ['fd00:1::77'] } }, { args }), SIGNAL);
  const [request] = attacher.added;
  t.strictSame(request?.addresses, ['fd00:1::77']);
  t.strictSame(request?.pod, { namespace: 'shop', name: 'web' });
});
