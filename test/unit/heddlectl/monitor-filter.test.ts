// The filters of monitor, from words to a request; and how far back a time is.
import t from 'tap';
import { eventRequest, historyMs } from '../../../cmd/heddlectl/events/monitor-filter.ts';
import { boundsLines } from '../../../cmd/heddlectl/events/monitor-line.ts';
import { heddle } from '../../../loader/api/proto.gen.js';

const { PACKET_EVENT_KIND_DROP: DROP, PACKET_EVENT_KIND_FLOW: FLOW } = heddle.v1.PacketEventKind;

t.test('verdicts by word and by name', t => {
  t.match(eventRequest({ verdict: 'allow' }), { kinds: [FLOW], verdicts: undefined });
  t.match(eventRequest({ verdict: 'drop' }), { kinds: [DROP], verdicts: undefined });
  const denied = eventRequest({ verdict: 'deny' }).verdicts ?? [];
  t.ok(denied.includes('DROP_POLICY_INGRESS') && denied.every(name => name.startsWith('DROP_POLICY_')));
  t.match(eventRequest({ verdict: 'drop_multicast' }), { verdicts: ['DROP_MULTICAST'] });
  t.throws(() => eventRequest({ verdict: 'DROP_POLICY_INGRES' }), {
    name: 'UsageError',
    message: /'DROP_POLICY_INGRES' is not a verdict of a drop, did you mean DROP_POLICY_INGRESS\?$/,
  });
  t.throws(() => eventRequest({ verdict: 'REDIRECT_POD' }), { message: /use allow, deny or drop$/ });
  t.end();
});

t.test('filters of the same thing hold together, or exclude each other', t => {
  t.match(eventRequest({ drops: true, verdict: 'drop' }), { kinds: [DROP], verdicts: undefined });
  t.match(eventRequest({ drops: true, flows: true, verdict: 'allow' }), { kinds: [FLOW] });
  t.match(eventRequest({ drops: true, verdict: 'DROP_MULTICAST' }), {
    kinds: [DROP],
    verdicts: ['DROP_MULTICAST'],
  });
  t.match(eventRequest({ drops: true, flows: true }), { kinds: [DROP, FLOW] });
  for (const [flags, message] of [
    [{ drops: true, verdict: 'allow' }, '--verdict allow excludes --drops: use one'],
    [{ flows: true, verdict: 'deny' }, '--verdict deny excludes --flows: use one'],
    [{ flows: true, verdict: 'drop' }, '--verdict drop excludes --flows: use one'],
    [{ flows: true, verdict: 'DROP_MULTICAST' }, '--verdict DROP_MULTICAST excludes --flows: use one'],
  ] as const)
    t.throws(() => eventRequest(flags), { name: 'UsageError', message });
  t.end();
});

t.test('the other filters are handed on', t => {
  const flags = {
    pod: 'shop/web',
    namespace: 'shop',
    addr: '10.1.0.7',
    port: 53,
    proto: 'udp',
    drops: true,
  } as const;
  t.match(eventRequest(flags), {
    ...{ kinds: [DROP], pod: 'shop/web', namespace: 'shop', address: '10.1.0.7', port: 53, protocol: 'udp' },
  });
  t.throws(() => eventRequest({ pod: 'web' }), { message: /write it as NAMESPACE\/POD$/ });
  t.end();
});

t.test('how far back', t => {
  const now = new Date(2026, 10, 29, 14, 30, 0).getTime();
  t.equal(historyMs({}, now), undefined);
  t.equal(historyMs({ last: '5m' }, now), 300_000);
  t.equal(historyMs({ since: '14:05' }, now), 25 * 60_000);
  t.equal(historyMs({ since: '14:29:30' }, now), 30_000);
  t.equal(historyMs({ since: '23:30' }, now), 15 * 3_600_000, 'of yesterday');
  t.equal(historyMs({ since: new Date(now - 1_000).toISOString() }, now), 1_000);
  t.equal(historyMs({ since: '2026-11-29' }, now), 14.5 * 3_600_000, 'local, without a zone');
  t.equal(historyMs({ since: '2026-11-29 14:00' }, now), 30 * 60_000);
  for (const since of [
    'soon',
    '25:00',
    '12:61',
    '5',
    '2026',
    '2026-02-30',
    '2026-11-31T10:00:00Z',
    'May 5',
    '2026-11-29T25:00',
  ])
    t.throws(() => historyMs({ since }, now), { message: /is not a time: write 14:05/ });
  t.throws(() => historyMs({ since: '2027-01-01T00:00:00Z' }, now), { message: /has not come yet$/ });
  t.throws(() => historyMs({ last: '5m', since: '14:05' }, now), { message: /exclude each other/ });
  t.throws(() => historyMs({ last: 'x' }, now), { message: /^--last cannot be 'x'/ });
  t.end();
});

t.test('what the history does not reach is said', t => {
  const now = Date.now();
  const bounds = { oldestMs: now - 60_000, capacity: 8, isFull: true, lost: 0 };
  t.match(boundsLines(bounds, 300_000, now), [
    /^the history begins at \d\d:\d\d:\d\d\.\d{3}: it keeps 8 events/,
  ]);
  t.strictSame(boundsLines(bounds, 30_000, now), []);
  t.strictSame(boundsLines({ ...bounds, isFull: false }, 300_000, now), [], 'nothing else has happened');
  t.match(boundsLines({ ...bounds, isFull: false, lost: 7 }, 300_000, now), [/^7 events /]);
  t.end();
});
