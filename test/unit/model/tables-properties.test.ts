import fc from 'fast-check';
import { type Cidr, cidrsOverlap } from 'ip';
import { node, pod, tablesOf, type ClusterTexts, type ListedTables } from './cluster.ts';
import t from 'tap';

const names = ['a', 'b', 'c', 'd'];
const underlay = fc
  .nat(5)
  .chain(host => fc.constantFrom(`192.0.2.${host}`, `198.51.100.${host}`, `2001:db8::${host}`));
const podCidr = fc.nat(5).chain(n => fc.constantFrom(`10.${n}.0.0/24`, `10.${n}.0.0/16`, `fd00:${n}::/64`));
const podAddr = fc
  .tuple(fc.nat(5), fc.nat(3))
  .chain(([n, host]) => fc.constantFrom(`10.${n}.0.${host}`, `fd00:${n}::${host}`));

const nodes = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...names),
    cidrs: fc.array(podCidr, { maxLength: 3 }),
    internal: fc.array(underlay, { maxLength: 3 }),
    external: fc.array(underlay, { maxLength: 1 }),
  }),
  { selector: each => each.name },
);
const pods = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('p', 'q', 'r', 's', 't', 'u', 'v', 'w'),
    nodeName: fc.constantFrom(...names, 'ghost'),
    addresses: fc.array(podAddr, { maxLength: 2 }),
    hostNetwork: fc.boolean(),
    phase: fc.constantFrom('Running' as const, 'Succeeded' as const),
  }),
  { selector: each => each.name },
);
const world: fc.Arbitrary<ClusterTexts> = fc
  .record({
    nodes,
    pods,
    encapsulation: fc.constantFrom('always' as const, 'cross-subnet' as const, 'never' as const),
    family: fc.constantFrom('auto' as const, 'ipv4' as const, 'ipv6' as const),
  })
  .map(each => ({
    nodes: each.nodes.map(texts => node(texts.name, texts)),
    pods: each.pods.map(({ name, nodeName, addresses, ...more }) => pod(name, nodeName, addresses, more)),
    settings: { encapsulation: each.encapsulation, family: each.family },
  }));

function holds(property: (tables: ListedTables, texts: ClusterTexts) => boolean): void {
  fc.assert(
    fc.property(world, texts => property(tablesOf(texts), texts)),
    { numRuns: 300 },
  );
}

const distinct = (keys: readonly unknown[]): boolean =>
  new Set(keys.map(key => JSON.stringify(key))).size === keys.length;

t.test('no table holds two rows of one key', t => {
  holds(({ ifaces, endpoints, routes, nodes: rows }) =>
    [ifaces, endpoints, routes, rows].every(table =>
      distinct((table as readonly { key: unknown }[]).map(row => row.key)),
    ),
  );
  t.pass();
  t.end();
});

t.test('prefixes of two nodes never overlap', t => {
  holds(({ routes }) => {
    const cidrs = routes.filter(row => row.value.flags.length === 0);
    return cidrs.every(a => cidrs.every(b => a.node === b.node || !cidrsOverlap(a.prefix, b.prefix)));
  });
  t.pass();
  t.end();
});

t.test('a tunnel ends at its own node, never at another that has the same address', t => {
  holds(({ routes, nodes: rows }) =>
    routes
      .filter(row => row.value.kind !== 'ROUTE_LOCAL')
      .every(({ value }) => rows.some(row => row.key.addr === value.tunnel && row.value.id === value.nodeId)),
  );
  t.pass();
  t.end();
});

t.test('a number is one node in all tables', t => {
  holds(({ endpoints, routes, nodes: rows }) => {
    const owners = new Map<number, Set<string>>();
    const note = (id: number, name: string): void =>
      void owners.set(id, (owners.get(id) ?? new Set()).add(name));
    for (const row of endpoints) note(row.value.nodeId, row.node);
    for (const row of routes) note(row.value.nodeId, row.node);
    for (const row of rows) note(row.value.id, row.node);
    return [...owners.values()].every(each => each.size === 1);
  });
  t.pass();
  t.end();
});

t.test('encapsulation is what the settings say', t => {
  holds(({ routes }, { settings }) => {
    const kinds = new Set(routes.map(row => row.value.kind));
    if (settings?.encapsulation === 'always') return !kinds.has('ROUTE_DIRECT');
    return settings?.encapsulation !== 'never' || !kinds.has('ROUTE_OVERLAY');
  });
  t.pass();
  t.end();
});

t.test('outer source and destination are of one family', t => {
  holds(({ routes }) =>
    routes
      .filter(row => row.value.kind === 'ROUTE_OVERLAY')
      .every(({ value }) => value.source.includes(':') === value.tunnel.includes(':')),
  );
  t.pass();
  t.end();
});

t.test('the host has a route for every prefix that the programs have, and for no other', t => {
  holds(({ routes, hostRoutes, problems }) => {
    const wanted = routes.filter(row => row.value.flags.length === 0).map(row => row.prefix);
    const lacking = wanted.filter(prefix => !hostRoutes.some(route => route.destination === prefix));
    const isSaid = (prefix: Cidr): boolean =>
      problems.some(problem => problem.startsWith(`${prefix} of node `));
    return hostRoutes.every(route => wanted.includes(route.destination)) && lacking.every(isSaid);
  });
  t.pass();
  t.end();
});

t.test('the order in which things are known means nothing', t => {
  const content = (tables: ListedTables): string =>
    JSON.stringify(
      [tables.endpoints, tables.routes, tables.nodes, tables.hostRoutes].map(table =>
        (table as readonly unknown[]).map(row => JSON.stringify(row)).sort(),
      ),
    );
  holds((tables, texts) => {
    const turned = {
      ...texts,
      nodes: [...(texts.nodes ?? [])].reverse(),
      pods: [...(texts.pods ?? [])].reverse(),
    };
    return content(tablesOf(turned)) === content(tables);
  });
  t.pass();
  t.end();
});

t.test(
  'the more nodes fit in the tables, the more are in them: none hides a node that it does not meet',
  t => {
    holds((tables, texts) => {
      const far = node('z', { cidrs: ['172.16.0.0/24'], internal: ['192.0.2.200', '2001:db8::200'] });
      const more = tablesOf({ ...texts, nodes: [...(texts.nodes ?? []), far] });
      const without = more.routes.filter(row => row.node !== 'z').map(row => row.prefix);
      return JSON.stringify(without) === JSON.stringify(tables.routes.map(row => row.prefix));
    });
    t.pass();
    t.end();
  },
);
