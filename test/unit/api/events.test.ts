// heddle.v1.Events as a client sees it.
import { once } from 'node:events';
import { parseAddr } from 'ip';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import type { PacketEvent } from '../../../loader/events/packet-event.ts';
import { until } from '../../support/until.ts';
import { connect } from './client.ts';
import { serve } from './served.ts';

const { PacketEventKind, TraceOutcome, TraceStage } = heddle.v1;

const drop: PacketEvent = {
  kind: 'drop',
  timeMs: 1_700_000_000_000.5,
  hook: 'pod_tx',
  verdict: 'DROP_POLICY_EGRESS',
  description: 'policy does not let this pod send that: NetworkPolicy shop/web, egress rule 1',
  protocol: 'tcp',
  source: { address: parseAddr('10.1.0.7'), port: 40_000, pod: 'shop/web-0' },
  destination: { address: parseAddr('10.2.0.7'), port: 80 },
  length: 60,
  device: 'hd0',
  rule: 'NetworkPolicy shop/web, egress rule 1',
};

t.test('a subscriber receives every event, with the number of lost ones', async t => {
  const { events, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const stream = client.watch(API.events.watchEvents, {
    kinds: [PacketEventKind.PACKET_EVENT_KIND_DROP],
    pod: 'shop/web-0',
  });
  stream.on('error', () => undefined);
  await once(stream, 'metadata');
  t.strictSame(events.filters, [{ kinds: ['drop'], pod: 'shop/web-0' }]);
  events.emit({ event: drop, lost: 3 });
  const [received] = (await once(stream, 'data')) as [heddle.v1.PacketEvent];
  t.match(received, {
    kind: PacketEventKind.PACKET_EVENT_KIND_DROP,
    ...{ timeMs: drop.timeMs, hook: 'pod_tx', verdict: 'DROP_POLICY_EGRESS', rule: drop.rule },
    ...{ source: drop.source, destination: drop.destination, length: 60, device: 'hd0', lost: 3 },
  });
  t.equal(events.listening, 1);
  stream.cancel();
  t.ok(await until(() => events.listening === 0), 'and left when the call ends');
});

t.test('without kinds all are meant; what is no address is refused', async t => {
  const { events, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  const stream = client.watch(API.events.watchEvents, {});
  stream.on('error', () => undefined);
  await once(stream, 'metadata');
  t.strictSame(events.filters, [{ kinds: ['drop', 'flow'] }]);
  stream.cancel();
  const refused = client.watch(API.events.watchEvents, { address: 'web' });
  const [error] = (await once(refused, 'error')) as [Error];
  t.match(error.message, /address: 'web' is not an IP address/);
});

t.test('the history is told with its bounds, filtered, and ends', async t => {
  const { events, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  events.past = [
    { ...drop, timeMs: Date.now() - 60_000 },
    { ...drop, timeMs: Date.now() },
  ];
  const told = async (request: heddle.v1.IReadHistoryRequest) => {
    const messages: heddle.v1.HistoryMessage[] = [];
    for await (const message of client.watch(API.events.readHistory, request))
      messages.push(message as heddle.v1.HistoryMessage);
    return messages;
  };
  t.match(await told({}), [
    { bounds: { capacity: 8, isFull: true, lost: 3 }, event: null },
    { event: { verdict: 'DROP_POLICY_EGRESS', rule: drop.rule } },
    { event: { source: drop.source } },
  ]);
  t.equal((await told({ lastMs: 30_000 })).length, 2, 'bounds, and the last one');
  t.equal((await told({ filter: { kinds: [PacketEventKind.PACKET_EVENT_KIND_FLOW] } })).length, 1);
  const wrong: readonly [heddle.v1.IReadHistoryRequest, RegExp][] = [
    [{ filter: { verdicts: ['DROP_POLICY_EGRES'] } }, /is not a verdict, did you mean DROP_POLICY_EGRESS\?/],
    [{ filter: { protocol: 'gre' } }, /protocol: 'gre' is not one of icmp, tcp, /],
    [{ filter: { port: 70_000 } }, /port: 70000 is not a port/],
  ];
  for (const [request, sentence] of wrong) await t.rejects(told(request), sentence);
  events.past = undefined;
  await t.rejects(told({}), /the flow history is off: set flowHistory\.events/);
});

t.test('the ends of a trace are validated, and its steps are returned', async t => {
  const { events, socketPath } = await serve(t);
  const client = connect(t, socketPath);
  events.report = {
    steps: [
      { hook: 'pod_tx', stage: 'conntrack', description: 'a new one' },
      { hook: 'pod_tx', stage: 'verdict', verdict: 'REDIRECT_OVERLAY', description: 'encapsulated here' },
    ],
    ...{ outcome: 'forwarded', conclusion: 'leaves', nextNodeId: 2, sourcePort: 40_000 },
  };
  const asked = { source: '10.1.0.7', destination: '10.2.0.7', protocol: 'tcp', port: 80 };
  t.match(await client.ask(API.events.trace, asked), {
    steps: [
      { hook: 'pod_tx', stage: TraceStage.TRACE_STAGE_CONNTRACK, verdict: '' },
      { hook: 'pod_tx', stage: TraceStage.TRACE_STAGE_VERDICT, verdict: 'REDIRECT_OVERLAY' },
    ],
    ...{ outcome: TraceOutcome.TRACE_OUTCOME_FORWARDED, nextNode: 'node-b', sourcePort: 40_000 },
  });
  t.strictSame(events.traced, [asked]);
  const wrong = [
    [{ protocol: 'gre' }, /protocol: 'gre' is not one of tcp, udp, sctp, icmp/],
    [{ port: 0 }, /port: 0 is not a port: write 1 to 65535/],
    [{ sourcePort: 70_000 }, /source_port: 70000 is not a port/],
    [{ destination: 'shop/web' }, /destination: 'shop\/web' is not an IP address/],
  ] as const;
  for (const [change, sentence] of wrong)
    await t.rejects(client.ask(API.events.trace, { ...asked, ...change }), sentence);
});
