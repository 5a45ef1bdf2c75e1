// heddlectl monitor: an event as a line, and what of the history is not there.
import t from 'tap';
import { boundsLines, eventLine, shownEvent } from '../../../cmd/heddlectl/events/monitor-line.ts';
import { heddle } from '../../../loader/api/proto.gen.js';

const { PACKET_EVENT_KIND_DROP, PACKET_EVENT_KIND_FLOW } = heddle.v1.PacketEventKind;
/** Local time, as it is shown. */
const AT_MS = new Date(2026, 0, 2, 3, 4, 5, 67).getTime();

const FLOW = {
  ...{ timeMs: AT_MS, kind: PACKET_EVENT_KIND_FLOW, hook: 'pod_tx', protocol: 'tcp' },
  source: { address: '10.244.1.2', port: 40_000, pod: 'shop/web-0' },
  destination: { address: '10.244.2.3', port: 5_432, pod: 'shop/db-0' },
};

t.test('a flow is told with both pods, and with the rule that admitted it', t => {
  t.equal(
    eventLine(shownEvent({ ...FLOW, rule: 'NetworkPolicy shop/db ingress rule 1' })),
    '03:04:05.067 new flow tcp 10.244.1.2:40000 (shop/web-0) → 10.244.2.3:5432 (shop/db-0) [pod_tx]' +
      ' NetworkPolicy shop/db ingress rule 1',
  );
  t.end();
});

t.test('a drop is told with its verdict, its reason, its device, and what was lost before it', t => {
  const drop = shownEvent({
    ...{ ...FLOW, kind: PACKET_EVENT_KIND_DROP, hook: 'overlay_rx', verdict: 'DROP_POLICY' },
    ...{ description: 'a rule denies it', device: 'heddle0', lost: 3, length: 60 },
    source: { address: 'fd00::7', port: 0, node: 'n2' },
  });
  t.equal(
    eventLine(drop),
    '3 events lost\n03:04:05.067 DROP_POLICY tcp [fd00::7]:0 (node n2) → 10.244.2.3:5432 (shop/db-0)' +
      ' [overlay_rx heddle0] a rule denies it',
  );
  t.match(drop, { kind: 'drop', length: 60, lost: 3, time: new Date(AT_MS).toISOString() });
  t.end();
});

t.test('what an event does not say is left out, and not invented', t => {
  t.strictSame(shownEvent({}), {
    ...{ time: '1970-01-01T00:00:00.000Z', kind: 'flow', hook: '', description: '', protocol: '' },
    ...{ source: { address: '', port: 0 }, destination: { address: '', port: 0 } },
  });
  t.end();
});

t.test('a history that begins after what was asked for, or that has gaps, says so', t => {
  const now = AT_MS + 60_000;
  const full = { oldestMs: AT_MS, capacity: 100, isFull: true };
  t.strictSame(boundsLines(full, 120_000, now), [
    'the history begins at 03:04:05.067: it keeps 100 events (flowHistory.events)',
  ]);
  t.strictSame(boundsLines(full, 30_000, now), [], 'it reaches far enough');
  t.strictSame(boundsLines({ ...full, isFull: false }, 120_000, now), [], 'nothing was there before');
  t.strictSame(boundsLines({ lost: 7 }, 1_000, now), ['7 events since the daemon started are not in it']);
  t.end();
});
