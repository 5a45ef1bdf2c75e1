// flannel's net-conf.json in Heddle's settings: what comes out is a configuration that the daemon takes.
import t from 'tap';
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { DEFAULT_CONFIG_PATH } from '../../../loader/config.ts';
import { fromFlannel } from '../../../loader/config/from-flannel.ts';
import { migrationConfigMap } from '../../../loader/config/migration-config-map.ts';
import { loaded } from './loaded.ts';

const CASES: readonly { name: string; conf: object; settings: object; init?: string }[] = [
  {
    name: "kube-flannel's own",
    conf: { Network: '10.244.0.0/16', EnableNFTables: false, Backend: { Type: 'vxlan' } },
    settings: { tunnel: { port: 8472 } },
    init: '--pod-cidr 10.244.0.0/16 --node-prefix 24',
  },
  {
    name: 'direct routing, another VNI and port, another MTU',
    conf: {
      Network: '10.5.0.0/16',
      SubnetLen: 26,
      Backend: { Type: 'vxlan', VNI: 7, Port: 4789, DirectRouting: true, MTU: 1400 },
    },
    settings: { tunnel: { encapsulation: 'cross-subnet', vni: 7 }, mtu: 1400 },
    init: '--pod-cidr 10.5.0.0/16 --node-prefix 26',
  },
  {
    name: 'both families',
    conf: {
      Network: '10.244.0.0/16',
      EnableIPv6: true,
      IPv6Network: 'fd00:10::/48',
      Backend: { Type: 'vxlan', Port: 4789 },
    },
    settings: {},
    init: '--pod-cidr 10.244.0.0/16 --node-prefix 24 --pod-cidr fd00:10::/48 --node-prefix6 64',
  },
  {
    name: 'host-gw',
    conf: { Network: '10.244.0.0/16', Backend: { Type: 'host-gw' } },
    settings: { tunnel: { encapsulation: 'never' } },
  },
];

for (const { name, conf, settings, init } of CASES)
  t.test(name, t => {
    const result = fromFlannel(JSON.stringify(conf));
    t.strictSame(result.settings, settings);
    if (init !== undefined) t.equal(result.clusterInit.join(' '), init);
    t.match(loaded({ files: { [DEFAULT_CONFIG_PATH]: stringify(result.settings) } }), settings);
    t.end();
  });

t.test('values without a counterpart are reported', t => {
  const { notes } = fromFlannel(
    '{"Network":"10.0.0.0/8","SubnetMin":"10.10.0.0","Backend":{"Type":"vxlan","GBP":true}}',
  );
  t.match(notes.join('\n'), /tunnel.port: 8472 is kept[^]*SubnetMin and SubnetMax[^]*GBP/);
  for (const [text, message] of [
    ['{"Backend":{"Type":"udp"}}', /Backend\.Type 'udp' has no counterpart/],
    [
      '{"Backend":{"VNI":"x"}}',
      /not a net-conf\.json of flannel: Backend\.VNI is "x", and must be a whole number/,
    ],
    ['[]', /flannel: the document is \[\], and must be an object with a Network/],
    ['{"Backend":7}', /flannel: Backend is 7, and must be an object with a Type/],
    ['{"EnableIPv4":false}', /it has no network/],
    ['{', /not a net-conf\.json of flannel: it is not JSON, such as/],
  ] as const)
    t.throws(() => fromFlannel(text), { code: 'INVALID_REQUEST', message });
  t.end();
});

t.test("the ConfigMap is the base's, with flannel's settings beside its own", t => {
  interface ConfigMap {
    readonly data: Readonly<Record<string, string>>;
  }
  const settingsIn = ({ data }: ConfigMap): unknown => parse(data['heddled.yaml'] ?? '');
  const base = parse(readFileSync('deploy/kubernetes/base/config.yaml', 'utf8')) as ConfigMap;
  const made = parse(migrationConfigMap({ tunnel: { port: 8472 } })) as ConfigMap;
  t.strictSame({ ...made, data: {} }, { ...base, data: {} });
  t.strictSame(Object.keys(made.data), Object.keys(base.data));
  t.strictSame(settingsIn(made), { ...(settingsIn(base) as object), tunnel: { port: 8472 } });
  t.end();
});
