// While a start waits: status answers at once, requests of the plugin are held a while and then say what it waits for.
import { parseMac } from 'ip';
import t from 'tap';
import { StartGate, type Started } from '../../../loader/agent/start-gate.ts';
import type { AttachRequest } from '../../../loader/api/cni/attacher.ts';
import type { AttachmentKey } from '../../../loader/model/attachment.ts';
import type { UnmetCondition } from '../../../loader/api/dataplane-view.ts';
import { MemoryAttacher } from '../api/memory-attacher.ts';
import { MemoryEvents } from '../api/memory-events.ts';

const UNMET: UnmetCondition = { name: 'source', reason: 'the API server is down', limitsRunningPods: false };
const REQUEST: AttachRequest = {
  ...{
    containerId: 'c',
    ifname: 'eth0',
    netns: '/run/netns/c',
    network: 'heddle',
    addresses: [],
    sandbox: '',
  },
  mac: parseMac('02:00:00:00:00:01'),
};
const WAITING = { code: 'NOT_READY', message: 'heddled has not finished starting: the API server is down' };
const cannotKeep = (): never => {
  throw new Error('no space left on device');
};
const started = (): Started => ({
  attacher: new MemoryAttacher(),
  events: new MemoryEvents(),
  whenGone: () => Promise.resolve(),
});

t.test('STATUS answers at once, with the reasons', async t => {
  const gate = new StartGate({ unmet: () => [UNMET], keepDelete: cannotKeep });
  t.strictSame(await gate.status(), [{ sentence: 'the API server is down', limitsAttached: false }]);
});

t.test(
  'an ADD, a CHECK, a GC, and a DEL that cannot be kept, are held, then say what is waited for',
  async t => {
    const gate = new StartGate({ unmet: () => [UNMET], holdMs: 20, keepDelete: cannotKeep });
    await t.rejects(gate.add(REQUEST, new AbortController().signal), WAITING);
    await t.rejects(gate.delete(REQUEST), WAITING);
    await t.rejects(gate.check(REQUEST), WAITING);
    await t.rejects(gate.gc('heddle', []), WAITING);
  },
);

t.test('what is held goes on once the start is over', async t => {
  const gate = new StartGate({ unmet: () => [UNMET], holdMs: 600_000, keepDelete: cannotKeep });
  const adding = gate.add(REQUEST, new AbortController().signal);
  const deleting = gate.delete({ containerId: 'other', ifname: 'eth0' });
  gate.open(started());
  t.match(await adding, { podInterface: { name: 'eth0' } });
  await deleting;
});

t.test('a DEL is kept at once: nobody waits for a start that waits', async t => {
  const kept: AttachmentKey[] = [];
  const gate = new StartGate({ unmet: () => [UNMET], holdMs: 600_000, keepDelete: key => kept.push(key) });
  await gate.delete({ containerId: 'c', ifname: 'eth0', netns: '/run/netns/c' });
  t.strictSame(kept, [{ containerId: 'c', ifname: 'eth0' }]);
  gate.open(started());
  await gate.delete({ containerId: 'd', ifname: 'eth0' });
  t.equal(kept.length, 1, 'and carried out once the start is over');
});

t.test('a caller that no longer waits is not held', async t => {
  const gate = new StartGate({ unmet: () => [UNMET], holdMs: 600_000, keepDelete: cannotKeep });
  const caller = new AbortController();
  const adding = gate.add(REQUEST, caller.signal);
  caller.abort();
  await t.rejects(adding, WAITING);
});

t.test('events and policies need a start that is over', t => {
  const gate = new StartGate({ unmet: () => [], keepDelete: cannotKeep });
  const events = gate.events(() => undefined);
  t.throws(() => events.trace({} as never), { code: 'NOT_READY' });
  gate.open(started());
  t.doesNotThrow(() => events.listen({} as never, () => undefined));
  t.end();
});
