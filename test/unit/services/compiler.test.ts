// What Services and their slices come to: which Services, which ports, which addresses, at what cost.
import t from 'tap';
import { parseAddr } from 'ip';
import { serviceKey, type ServiceObject } from '../../../loader/model/service-objects.ts';
import { ServiceCompiler } from '../../../loader/services/compiler.ts';
import { compiled, endpoint, inputOf, listsOf, service, slice, VIP } from './objects.ts';

const SIX = parseAddr('fd00:96::1');
const OTHER = parseAddr('10.96.0.2');
const HTTP = { name: 'http', protocol: 'TCP', port: 80 } as const;
const DNS = { name: 'dns', protocol: 'UDP', port: 80 } as const;

t.test('a Service without endpoints rejects: its row has an empty list', t => {
  const result = compiled([service()]);
  t.strictSame(listsOf(result), { '10.96.0.1:80/TCP': '' });
  t.strictSame([...result.vips], [[VIP, { namespace: 'shop', name: 'web' }]]);
  const [port] = [...result.ports.values()].flat();
  t.ok((port?.id ?? 0) > 0);
  t.match(port?.frontends[0]?.set, { number: 0, backends: [] });
  t.end();
});

for (const [name, more] of Object.entries({
  headless: { clusterIps: [] },
  'an alias of DNS': { type: 'ExternalName' as const },
  "another program's": { isForeign: true as const },
}))
  t.test(`a Service that is ${name} is left alone`, t => {
    const result = compiled([service(more)], [slice([endpoint('10.1.0.1')])]);
    t.strictSame([result.ports.size, result.vips.size, result.problems.length], [0, 0, 0]);
    t.end();
  });

t.test('ports are joined by name and protocol, each with the number that the slice says', t => {
  const web = service({ ports: [HTTP, DNS] });
  const slices = [
    slice([endpoint('10.1.0.1')], { ports: [{ ...HTTP, port: 8080 }] }),
    slice([endpoint('10.1.0.2')], {
      name: 'web-2',
      ports: [
        { ...HTTP, port: 9090 },
        { ...DNS, port: 53 },
      ],
    }),
    slice([endpoint('10.1.0.3')], { name: 'web-3', ports: [{ ...HTTP, name: 'https' }] }),
    slice([endpoint('10.1.0.4')], { name: 'web-4', ports: [{ ...HTTP, protocol: 'UDP' }] }),
    slice([endpoint('10.1.0.5')], { name: 'other-1', serviceName: 'other' }),
  ];
  t.strictSame(listsOf(compiled([web], slices)), {
    '10.96.0.1:80/TCP': '10.1.0.1:8080 10.1.0.2:9090',
    '10.96.0.1:80/UDP': '10.1.0.2:53',
  });
  t.end();
});

t.test('an endpoint of several slices is one, and the slice in which it is ready counts', t => {
  const slices = [
    slice([endpoint('10.1.0.1', { isReady: false })]),
    slice([endpoint('10.1.0.1')], { name: 'web-2' }),
    slice([endpoint('10.1.0.1', { isReady: false, isTerminating: true })], { name: 'web-3' }),
  ];
  t.strictSame(listsOf(compiled([service()], slices)), { '10.96.0.1:80/TCP': '10.1.0.1:8080' });
  t.end();
});

t.test('each family has its own backends, and both one number', t => {
  const result = compiled(
    [service({ clusterIps: [VIP, SIX] })],
    [slice([endpoint('10.1.0.1')]), slice([endpoint('fd00:1::1')], { name: 'web-2' })],
  );
  t.strictSame(listsOf(result), {
    '10.96.0.1:80/TCP': '10.1.0.1:8080',
    'fd00:96::1:80/TCP': 'fd00:1::1:8080',
  });
  const frontends = [...result.ports.values()].flat().flatMap(port => port.frontends);
  t.equal(new Set(frontends.map(({ id }) => id)).size, 1);
  t.end();
});

t.test('the order of slots depends on the backends alone', t => {
  const [a, b] = [endpoint('10.1.0.2'), endpoint('10.1.0.1')];
  t.strictSame(
    listsOf(compiled([service()], [slice([a, b])])),
    listsOf(compiled([service()], [slice([b, a])])),
  );
  t.end();
});

t.test('equal lists of two Services are one, and have the number that they have in any other process', t => {
  const other = service({ name: 'other', clusterIps: [OTHER] });
  const slices = [
    slice([endpoint('10.1.0.1')]),
    slice([endpoint('10.1.0.1')], { name: 'other-1', serviceName: 'other' }),
  ];
  const sets = setsOf([service(), other], slices);
  t.equal(sets.size, 1);
  t.strictSame(
    [...sets].map(({ number }) => number),
    [...setsOf([other], slices)].map(({ number }) => number),
  );
  t.end();
});

function setsOf(...parts: Parameters<typeof compiled>) {
  const rows = [...compiled(...parts).ports.values()].flat().flatMap(({ frontends }) => frontends);
  return new Set(rows.map(({ set }) => set));
}

interface Claim {
  readonly services: readonly Partial<ServiceObject>[];
  /** Who has 10.96.0.1:80. */
  readonly owner: string;
  readonly told: RegExp;
}

const CLAIMS: Readonly<Record<string, Claim>> = {
  'the older of two ClusterIPs': {
    services: [
      { name: 'young', createdAtMs: 2 },
      { name: 'old', createdAtMs: 1 },
    ],
    owner: 'old',
    told: /^Service shop\/young: address 10\.96\.0\.1 is ignored: it belongs to Service shop\/old, which is older$/,
  },
  'of the same age, by name': {
    services: [{ name: 'b' }, { name: 'a' }],
    owner: 'a',
    told: /^Service shop\/b: address/,
  },
  'a ClusterIP before an older external address': {
    services: [
      { name: 'cluster', createdAtMs: 2 },
      { name: 'outside', createdAtMs: 1, clusterIps: [OTHER], externalIps: [VIP] },
    ],
    owner: 'cluster',
    told: /^Service shop\/outside: address 10\.96\.0\.1 is ignored: it belongs to Service shop\/cluster as its ClusterIP$/,
  },
  'the older of two external addresses, port by port': {
    services: [
      { name: 'young', createdAtMs: 2, clusterIps: [OTHER], externalIps: [VIP] },
      { name: 'old', createdAtMs: 1, clusterIps: [parseAddr('10.96.0.3')], externalIps: [VIP] },
    ],
    owner: 'old',
    told: /^Service shop\/young: 10\.96\.0\.1 port 80\/TCP is ignored: it belongs to Service shop\/old$/,
  },
};

for (const [name, { services, owner, told }] of Object.entries(CLAIMS))
  t.test(`an address of two Services: ${name}`, t => {
    const { ports, problems } = compiled(services.map(service));
    const owners = [...ports.values()]
      .flat()
      .filter(({ frontends }) => frontends.some(each => each.addr === VIP))
      .map(port => port.service);
    t.strictSame(owners, [`shop/${owner}`]);
    t.equal(problems.length, 1);
    t.match(problems[0], told);
    t.end();
  });

t.test('external addresses are shared by Services of other ports', t => {
  const [a, b] = [
    service({ name: 'a', clusterIps: [OTHER], externalIps: [VIP], ports: [HTTP] }),
    service({ name: 'b', clusterIps: [parseAddr('10.96.0.3')], externalIps: [VIP], ports: [DNS] }),
  ];
  t.strictSame(compiled([a, b]).problems, []);
  t.end();
});

t.test('the younger Service gets the address once the older is gone', t => {
  const compiler = new ServiceCompiler();
  const [young, old] = [service({ name: 'young', createdAtMs: 2 }), service({ name: 'old', createdAtMs: 1 })];
  compiler.update(inputOf([young, old]));
  const { ports, problems, vips } = compiler.update(inputOf([young]));
  t.strictSame(problems, []);
  t.equal(ports.get(serviceKey(young))?.[0]?.frontends.length, 1);
  t.strictSame(vips.get(VIP), { namespace: 'shop', name: 'young' });
  t.end();
});

t.test('a changed slice costs its Service alone', t => {
  const compiler = new ServiceCompiler();
  const names = Array.from({ length: 50 }, (_, i) => `s${i}`);
  const services = names.map((name, i) => service({ name, clusterIps: [parseAddr(`10.96.1.${i}`)] }));
  const slices = names.map((name, i) => slice([endpoint(`10.1.1.${i}`)], { name, serviceName: name }));
  const input = inputOf(services, slices);
  const before = compiler.update(input);
  const cost = compiler.compiledServices;
  const changed = {
    ...inputOf(services, [...slices, slice([endpoint('10.1.0.9')], { name: 'more', serviceName: 's7' })]),
  };
  const after = compiler.update(changed);
  t.equal(compiler.compiledServices - cost, 1);
  const moved = [...after.ports].filter(([key, ports]) => before.ports.get(key) !== ports);
  t.strictSame(
    moved.map(([key]) => key),
    ['shop/s7'],
  );
  t.equal(after.vips, before.vips, 'the VIPs are the same map');
  t.end();
});

t.test('another zone of this node compiles what is there', t => {
  const compiler = new ServiceCompiler();
  const hinted = [1, 2].map(n => endpoint(`10.1.0.${n}`, { hints: { zones: [`z${n}`], nodes: [] } }));
  const lists = ['z1', 'z2'].map(zone =>
    listsOf(compiler.update(inputOf([service()], [slice(hinted)], zone))),
  );
  t.strictSame(lists, [{ '10.96.0.1:80/TCP': '10.1.0.1:8080' }, { '10.96.0.1:80/TCP': '10.1.0.2:8080' }]);
  t.end();
});

t.test("a number that an earlier process gave stays, where it can be that name's", t => {
  const idOf = (formerId?: number): number | undefined =>
    [...new ServiceCompiler(() => formerId).update(inputOf([service()])).ports.values()][0]?.[0]?.id;
  const own = idOf() ?? 0;
  t.equal(idOf(own + 1), own + 1, 'as after a collision');
  t.equal(idOf(own + 1_000), own, 'the number of another Service that had the address');
  t.end();
});
