// A listener's queue: what it asked for, as much as fits, and how much did not.
import { type Addr, parseAddr } from 'ip';
import t from 'tap';
import { EventKind, EventStage, Hook, Verdict, type Event } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { EventQueue } from '../../../loader/events/event-queue.ts';

const [web, db, outside] = [parseAddr('10.1.0.7'), parseAddr('10.1.0.8'), parseAddr('198.51.100.2')];
const names = {
  pod: (addr: Addr) => ({ [web]: 'shop/web', [db]: 'shop/db' })[addr],
  node: () => undefined,
  device: (ifindex: number) => (ifindex === 31 ? 'hd0' : undefined),
};
/** No rule has a name. */
const maps = { hd_rule: { get: () => undefined } } as unknown as MapSet;

function event(more: Partial<Event> = {}): Event {
  return {
    ...{ timeNs: process.hrtime.bigint(), kind: EventKind.DROP, stage: EventStage.STAGE_VERDICT },
    ...{ hook: Hook.POD_TX, verdict: Verdict.DROP_POLICY_EGRESS, protocol: 6, icmpType: 0 },
    ...{ sourcePort: 40_000, destinationPort: 80, length: 60, vni: 1, ifindex: 31, rule: 0 },
    ...{
      value: 0,
      policy: 0,
      identity: 0,
      ruleSet: 0,
      egressRule: 0,
      ingressRule: 0,
      source: web,
      destination: outside,
    },
    ...more,
  };
}

function read(queue: EventQueue): (string | undefined)[] {
  const found = [];
  for (let next = queue.next(); next !== undefined; next = queue.next())
    found.push(`${next.event.kind} ${next.event.source.address} lost ${next.lost}`);
  return found;
}

t.test('an event is told in words', t => {
  const queue = new EventQueue({ kinds: ['drop'] }, names);
  queue.take([event({ rule: 7 })], maps);
  const next = queue.next();
  t.ok(Math.abs((next?.event.timeMs ?? 0) - Date.now()) < 5_000, 'by the clock on the wall');
  t.match(next, {
    lost: 0,
    event: {
      ...{ kind: 'drop', hook: 'pod_tx', verdict: 'DROP_POLICY_EGRESS', protocol: 'tcp', device: 'hd0' },
      description: 'policy does not let this pod send that: rule #7, whose policy was deleted',
      source: { address: web, port: 40_000, pod: 'shop/web' },
      destination: { address: outside, port: 80 },
    },
  });
  t.end();
});

t.test('only what was asked for is kept', t => {
  const queue = new EventQueue({ kinds: ['drop'], pod: 'shop/db' }, names);
  t.equal(queue.kindBits, 1n);
  queue.take(
    [
      event({ destination: db }),
      event(),
      event({ kind: EventKind.FLOW, source: db }),
      event({ kind: EventKind.TRACE, source: db }),
      event({ source: db }),
    ],
    maps,
  );
  t.strictSame(read(queue), [`drop ${web} lost 0`, `drop ${db} lost 0`]);
  t.equal(new EventQueue({ kinds: ['drop', 'flow'] }, names).kindBits, 3n);
  const byAddress = new EventQueue({ kinds: ['drop'], address: outside }, names);
  byAddress.take([event(), event({ destination: db })], maps);
  t.strictSame(read(byAddress), [`drop ${web} lost 0`]);
  t.end();
});

t.test('what does not fit is counted, and told with the next event', t => {
  const queue = new EventQueue({ kinds: ['drop'] }, names, 2);
  queue.take([event(), event(), event()], maps);
  t.notOk(queue.hasCapacity());
  queue.dropped(10);
  t.strictSame(read(queue), [`drop ${web} lost 0`, `drop ${web} lost 0`]);
  queue.take([event(), event()], maps);
  t.strictSame(read(queue), [`drop ${web} lost 11`, `drop ${web} lost 0`]);
  t.end();
});
