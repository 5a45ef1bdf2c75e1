import t from 'tap';
import type { EndpointRow } from '../../../loader/model/table-rows.ts';
import { desiredTables } from '../../../loader/model/desired-tables.ts';
import { inputOf, NODES, pod } from './cluster.ts';

const pods = [pod('x', 'b', ['10.2.0.5']), pod('y', 'c', ['10.3.0.5', 'fd00:3::5'])];

function rowsOf(input: ReturnType<typeof inputOf>): readonly EndpointRow[] {
  return [...desiredTables(input).endpoints.values()].filter(row => row.value.kind === 'ENDPOINT_REMOTE_POD');
}

t.test('rows of pods that have not changed are the same objects', t => {
  const before = rowsOf(inputOf({ pods }));
  const after = rowsOf(inputOf({ pods: [...pods, pod('z', 'b', ['10.2.0.6'])] }));
  t.equal(before.length, 3);
  for (const row of before) t.ok(after.includes(row), row.key.addr);
  t.end();
});

t.test('rows are made anew when the number of their node or the VNI changes', t => {
  const before = rowsOf(inputOf({ pods }));
  const renumbered = inputOf({ pods });
  const nodeIds = new Map(renumbered.nodeIds).set('b', 99);
  t.equal(rowsOf({ ...renumbered, nodeIds }).find(row => row.node === 'b')?.value.nodeId, 99);
  const other = rowsOf(inputOf({ pods, settings: { vni: 8 } }));
  t.ok(other.every(row => row.key.vni === 8));
  t.strictSame(rowsOf(inputOf({ pods })), before, 'and are what they were when it changes back');
  t.end();
});

t.test('a pod with another object has other rows', t => {
  rowsOf(inputOf({ pods }));
  const moved = [pod('x', 'c', ['10.2.0.5']), pods[1] ?? pod('y', 'c', [])];
  t.equal(rowsOf(inputOf({ pods: moved })).find(row => row.key.addr === '10.2.0.5')?.node, 'c');
  t.end();
});

t.test('computing changes nothing of the input', t => {
  const input = inputOf({ pods });
  const text = JSON.stringify([[...input.cluster.nodes], [...input.cluster.pods], NODES]);
  desiredTables(input);
  t.equal(JSON.stringify([[...input.cluster.nodes], [...input.cluster.pods], NODES]), text);
  t.end();
});
