// A dump has a column for every field that means something.
import t from 'tap';
import { dumpColumns, type DumpRow } from '../../../cmd/heddlectl/tables/map-dump.ts';
import { IfaceKind, VERDICT_MAX, type MapName } from '../../../loader/abi/abi.gen.ts';
import { renderTable } from '../../../cmd/heddlectl/output/table.ts';

t.test('fields of key and value stand side by side, without padding', t => {
  const titles = dumpColumns('hd_endpoint').map(column => column.title);
  t.strictSame(titles.slice(0, 3), ['VNI', 'ADDR', 'KIND']);
  t.notOk(titles.some(title => /PAD|RESERVED/.test(title)));
  t.end();
});

t.test('a per-CPU map has a line for each CPU', t => {
  const columns = dumpColumns('hd_metrics');
  const rows = [0, 1].map(cpu => ({ key: 5, cpu, value: { packets: 7n, bytes: BigInt(cpu) } }));
  t.strictSame(renderTable(rows, columns).split('\n'), [
    'KEY                     CPU  PACKETS  BYTES',
    'pod_tx REDIRECT_DIRECT  0    7        0',
    'pod_tx REDIRECT_DIRECT  1    7        1',
  ]);
  t.end();
});

t.test('numbers that have a word are shown as it, names in bytes as text', t => {
  const shown = (name: MapName, row: DumpRow) =>
    Object.fromEntries(dumpColumns(name).map(({ title, text }) => [title, text(row)]));
  t.match(shown('hd_iface', { key: { ifindex: 7 }, value: { kind: IfaceKind.UPLINK, flags: 0 } }), {
    KIND: 'uplink',
    FLAGS: 'none',
  });
  t.match(shown('hd_rule_set', { key: { ruleSet: 9, protocol: 6 }, value: { action: 2, flags: 3 } }), {
    ...{ 'RULE SET': '9', PROTOCOL: 'tcp', ACTION: 'deny', FLAGS: 'every-pod cluster-policy' },
  });
  t.match(shown('hd_rule_set', { key: { protocol: 0 }, value: { action: 99, flags: 0 } }), {
    ...{ PROTOCOL: 'any', ACTION: '99' },
  });
  t.match(shown('hd_pod', { key: 3, value: { egress: [0, 1], ingress: [70_000, 1], ownNode: [1, 1] } }), {
    ...{ KEY: '3', EGRESS: 'absent open', INGRESS: '70000 open' },
  });
  t.match(shown('hd_policy_name', { key: 5, value: { kind: 1, name: Buffer.from('web\0\0') } }), {
    ...{ KIND: 'NetworkPolicy', NAME: 'web' },
  });
  t.match(shown('hd_metrics', { key: VERDICT_MAX + 1, cpu: 0, value: { packets: 1n, bytes: 2n } }), {
    KEY: 'pod_rx REDIRECT_POD',
  });
  t.end();
});
