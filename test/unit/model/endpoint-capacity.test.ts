// A map that is smaller than the cluster.
import t from 'tap';
import { fittingEndpoints } from '../../../loader/model/endpoint-capacity.ts';
import { fittingRoutes } from '../../../loader/model/route-capacity.ts';
import { desiredTables } from '../../../loader/model/desired-tables.ts';
import { inputOf, localPod, pod, tablesOf } from './cluster.ts';

const remotes = Array.from({ length: 20 }, (_, i) => pod(`far${i}`, 'b', [`10.2.0.${i + 1}`]));
const { endpoints } = desiredTables(inputOf({ localPods: [localPod('web', ['10.1.0.5'])], pods: remotes }));
const own = [...endpoints].filter(([, { value }]) => value.kind !== 'ENDPOINT_REMOTE_POD');

t.test('where all have room, all are there', t => {
  const { rows, problems } = fittingEndpoints(endpoints, 64);
  t.equal(rows, endpoints);
  t.strictSame(problems, []);
  t.equal(
    fittingEndpoints(endpoints, Math.ceil((endpoints.size * 8) / 7)).rows,
    endpoints,
    'with an eighth of the map free',
  );
  t.end();
});

t.test("where not, other nodes' pods are left out, and this node has capacity for more", t => {
  const { rows, problems } = fittingEndpoints(endpoints, 16);
  t.equal(rows.size, 14, 'an eighth stays free');
  t.strictSame([...rows].slice(0, own.length), own);
  const left = endpoints.size - 14;
  t.match(problems, [new RegExp(`holds 16 addresses .* has ${endpoints.size}: .* know ${left} of`)]);
  t.match(problems, [/Set maps\.endpoints to 64/]);
  t.end();
});

t.test('this node has all of its own, however many', t => {
  t.equal(fittingEndpoints(endpoints, own.length).rows.size, own.length);
  t.end();
});

t.test('routes that do not fit are told with the setting, and the first of them stay', t => {
  const { routes } = tablesOf({});
  t.strictSame(fittingRoutes(routes, routes.length), { rows: routes, problems: [] });
  const { rows, problems } = fittingRoutes(routes, 1);
  t.strictSame(rows, routes.slice(0, 1));
  t.equal(rows[0]?.value.kind, 'ROUTE_LOCAL', "this node's own");
  t.match(problems, [
    /^hd_route holds 1 prefixes and the cluster has \d+: .* \(a, b, c\)\. Set maps\.routes to \d+$/,
  ]);
  t.end();
});
